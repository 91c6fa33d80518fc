#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>

// An organization's requests per minute: who waits for them, and what is said of that.
namespace tunnelkeyd::app {

namespace {

// No more rotations are prepared than may send within this time, since a preflight is good for a minute: who
// waits for longer would repeat it, log in again, and spend a request on it.
constexpr core::duration prepared_for = std::chrono::seconds(30);
// Shorter waits nobody wants to know of.
constexpr core::duration worth_mentioning = std::chrono::seconds(10);

}  // namespace

/// Has it a permit, may it regenerate? Whoever repeats its preflight first takes nothing of the limit yet.
bool supervisor::may_send(supervised& tunnel, core::moment now) {
    const auto at = desk_of(tunnel.settings()).bucket.opens_at(urgency_of(tunnel), now.steady);
    if (at <= now.steady || !tunnel.state().preflight_is_fresh(now))
        return true;
    tokens_at_ = std::min(tokens_at_.value_or(at), at);
    limited_.insert(tunnel.line());
    return false;
}

/// It is due: may it run its preflight, since its request may follow soon?
bool supervisor::may_prepare(supervised& tunnel, core::moment now) {
    const auto& desk = desk_of(tunnel.settings());
    // Permits are few as well; but an organization without anybody in that queue need not wait for the others.
    const auto& queue = queues_->permits.calm;
    if (queue.size() >= config_->cloud.max_in_flight && queue.size(tunnel.line()) > 0)
        return false;
    const auto prepare = queues_->preflights.held(tunnel.line());
    if (prepare == 0 || prepare < desk.bucket.calm_within(prepared_for, now.steady))
        return true;
    limited_.insert(tunnel.line());
    return false;  // one of those that prepare will tell when it is done
}

std::size_t supervisor::waiting_in(const std::string& organization_id) const {
    return queues_->permits.urgent.size(organization_id) + queues_->permits.calm.size(organization_id) +
           queues_->may_begin.size(organization_id);
}

/// Logs where a wait for the limit begins that lasts, and where one has ended.
void supervisor::note_limited() {
    for (const auto& id : limited_) {
        const auto lasts = desks_.at(id).bucket.interval() * waiting_in(id);
        if (lasts < worth_mentioning || !limit_logged_.insert(id).second)
            continue;
        log_limit(
            id, "rate_limit.waiting",
            std::to_string(waiting_in(id)) + " tunnels want to rotate, and may send " +
                std::to_string(config_->cloud.requests_per_minute) +
                " requests a minute (cloud.requests_per_minute): they go on one by one, the last in about " +
                core::to_short_string(lasts));
    }
    std::erase_if(limit_logged_, [this](const std::string& id) {
        const bool over = waiting_in(id) == 0;
        if (over)
            log_limit(id, "rate_limit.over", "nobody waits for cloud.requests_per_minute any more");
        return over;
    });
}

void supervisor::log_limit(const std::string& organization_id, std::string_view name,
                           std::string message) const {
    const auto& all = config_->organizations;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == organization_id; });
    world_.log.write("", core::notice{core::log_level::info,
                                      name,
                                      std::move(message),
                                      {{"organization", found == all.end() ? organization_id : found->name}}});
}

/// How many of its tunnels wait for the limit, and for nothing else.
std::size_t supervisor::limited_in(const core::organization& organization) const {
    return limited_.contains(organization.id) ? waiting_in(organization.id) : 0;
}

void supervisor::asked_cloud(const std::string& organization_id) {
    if (const auto desk = desks_.find(organization_id); desk != desks_.end())
        desk->second.bucket.take(world_.clock.now().steady);
}

}  // namespace tunnelkeyd::app
