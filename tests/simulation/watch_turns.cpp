#include "simulation/watch.hpp"

#include <algorithm>
#include <numeric>

// What the tunnels of one organization may wait for because of another's: permits, where all are taken. Nothing
// else.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

constexpr core::duration at_once = 1s;
// A reload may bring an organization, whose requests are counted from then on.
constexpr core::duration reload_counts = 2min;

}  // namespace

/// The first regenerate of a rotation leaves, and its preflight had passed. What of its own organization's, or
/// of all, was the last thing that kept it waiting?
void watch::goes_in_turn(const seen& tunnel, const seen& place) {
    const auto now = world_.loop.now().steady;
    auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    const auto& id = tunnel.tunnel->settings.organization.id;
    // Whether the open gap of one that was replaced is an outage, nobody here notes.
    const bool has_left = std::any_of(seen_.begin(), seen_.end(), [&](seen& each) {
        const auto* record = each.tunnel->retired ? on_disk(each) : nullptr;
        return record && record->open && record->id.organization_id == id;
    });
    if (organization.refused || !organization.unknown_of.empty() || has_left || now - reloaded_ < reload_counts)
        return;
    const auto limit_allows = bucket_of(organization).opens_at(core::urgency::calm, core::steady_time());
    const auto trouble =
        std::max({troubled_, organization.troubled, tunnel.troubled, organization.unknown_until,
                  organization.gap_answered, organization.told_to_wait, organization.paused_until});
    const auto free = std::max({place.login_good, limit_allows, trouble, started_, all_sent_});
    if (now - free > at_once)
        breaks(tunnel,
               "it waits for its permit, and for nothing that its organization or all must wait for (5)");
}

/// The daemon has counted one more.
void watch::spends_request(organization_seen& organization) {
    bucket_of(organization).take(world_.loop.now().steady);
}

core::request_bucket& watch::bucket_of(organization_seen& organization) const {
    if (!organization.bucket)
        organization.bucket.emplace(world_.draft.cloud.requests_per_minute, started_);
    return *organization.bucket;
}

bool watch::all_are_sending() const {
    const auto sending =
        std::accumulate(organizations_.begin(), organizations_.end(), 0U,
                        [](unsigned sum, const auto& each) { return sum + each.second.regenerating; });
    return sending >= world_.draft.cloud.max_in_flight;
}

/// By requests that an answer may be expected of. Of the others one permit less than all may be taken.
bool watch::all_permits_taken() const {
    const unsigned most = world_.draft.cloud.max_in_flight;
    unsigned answered = 0;
    unsigned unanswered = 0;
    for (const auto& [id, organization] : organizations_)
        (organization.unknown_of.empty() ? answered : unanswered) += organization.regenerating;
    return answered + std::min(unanswered, most - 1) >= most;
}

/// All of its tunnels wait for its requests per minute, two each. Those of another organization are no reason
/// to wait.
core::duration watch::longest_line(const std::string& organization_id) const {
    const core::request_bucket bucket(world_.draft.cloud.requests_per_minute, world_.loop.now().steady);
    const auto all = std::count_if(seen_.begin(), seen_.end(), [&](const seen& each) {
        return each.tunnel->settings.organization.id == organization_id;
    });
    return bucket.interval() * 2 * all;
}

}  // namespace tunnelkeyd::simulation
