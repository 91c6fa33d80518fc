#include "simulation/watch.hpp"

#include <algorithm>
#include <utility>

// What is sent: may it be sent now? What comes back: watch_replies.cpp.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using tests::call;

namespace {

constexpr core::duration preflight_lasts = 60s;
constexpr core::duration whoami_takes = 70s;        // at most
constexpr core::duration between_logins = 1h - 1s;  // calm.max, once a login was refused
constexpr core::duration between_replacements = 1h - 1s;
constexpr core::duration api_key_lasts = 3min;  // ten seconds, the rest of the preflight, and a minute
constexpr unsigned many_unknowns = 9;           // and the one that is not on disk yet
constexpr core::duration urgent_max = 60s;
constexpr core::duration slow_max = 15min;
constexpr core::duration longest_retry_after = 5min;
constexpr core::duration in_passing = 10ms;  // between a permit and its request
// Urgent backoff goes up to a minute, with full jitter: 120 an hour on average, and a few more at its
// beginning.
constexpr std::size_t too_many_in_an_hour = 300;

/// "s3cr3t-key-HOSTNAME-NUMBER"
std::string owner_of(std::string_view key) {
    constexpr std::string_view before = "s3cr3t-key-";
    return std::string(key.substr(before.size(), key.rfind('-') - before.size()));
}

}  // namespace

void watch::digest(std::uint64_t number) {
    digest_ = (digest_ ^ number) * 0x100000001b3ULL;
}

void watch::sending(const std::string& target, call what) {
    const auto now = world_.loop.now().steady;
    digest(static_cast<std::uint64_t>(now.time_since_epoch().count()) * 8 + static_cast<std::uint64_t>(what));
    for (const char letter : target)
        digest(static_cast<unsigned char>(letter));
    if (trace_.on && what != call::organization)
        happens(target, "-> " + std::string(to_string(what)));

    if (what == call::organization) {
        auto& organization = organizations_[target];
        organization.asked = now;
        spends_request(organization);
        const auto& refused = organization.refused;
        const bool soon = refused && now - *refused > in_passing && now - *refused < between_logins;
        if (soon && !has_open_gap(target))
            breaks("", "an API key that was refused is tried again too soon");
        return;
    }
    auto& tunnel = at(target);
    const auto* record = on_disk(tunnel);
    const bool gap_open = record && record->open;
    if (what == call::status)
        tunnel.asked_for_status = now;
    if (what == call::whoami)
        logs_in(tunnel, gap_open);
    if (gap_open && !tunnel.tunnel->misplaced)
        goes_on(tunnel, *record);
    tunnel.active = now;
}

void watch::logs_in(seen& tunnel, bool gap_open) {
    const auto now = world_.loop.now().steady;
    const bool knew = tunnel.login_refused && tunnel.asked_for_status > *tunnel.login_refused;
    const bool soon = knew && now - *tunnel.login_refused < between_logins;
    if (gap_open || !soon || tunnel.tunnel->misplaced)
        return;
    if (!std::exchange(tunnel.may_log_in, false))
        breaks(tunnel, "it logs in again too soon after it was refused");
}

/// With its gap open: did it wait for longer than it had to?
void watch::goes_on(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now().steady;
    const auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    // What happened to all of them, or to their API key, may have made it wait anew.
    const auto disturbed = std::max(troubled_, organization.troubled);
    const bool slowly = tunnel.slow || record.open->unknowns_in_a_row >= many_unknowns ||
                        organization.refused || disturbed + in_passing > tunnel.active;
    // Whoever asks for a rotation ends its wait, and its slowness with it.
    const auto last = std::max({disturbed, tunnel.active, tunnel.asked.value_or(tunnel.active)});
    const auto told = std::max(tunnel.told_to_wait, organization.told_to_wait);
    const auto longest = organization.told_to_wait > tunnel.active ? core::duration(1h) : longest_retry_after;
    if (now - last < 1h + an_attempt && is_clock_doubtful())
        return;  // a start counts what is left of a wait by the clock, an hour at most
    const auto until = std::max(last + (slowly ? slow_max : urgent_max), std::min(told, last + longest));
    if (now - until > turns_of(organization) + an_attempt)
        breaks(tunnel, "with its key gap open it waited for longer than it had to (3)");
}

void watch::count(std::deque<core::steady_time>& times, std::size_t too_many, const seen& of,
                  const char* what) {
    const auto now = world_.loop.now().steady;
    while (!times.empty() && now - times.front() > core::duration(1h))
        times.pop_front();
    times.push_back(now);
    most_in_an_hour_ = std::max(most_in_an_hour_, static_cast<unsigned>(times.size()));
    if (times.size() > too_many)
        breaks(of, what);
}

void watch::regenerate_leaves(const core::identity& id) {
    const auto now = world_.loop.now().steady;
    auto& tunnel = at(id.hostname);
    auto& organization = organizations_[id.organization_id];
    ++organization.regenerating;
    organization.asked = now;
    const auto* record = on_disk(tunnel);
    if (const auto found = world_.broken(); !found.empty() || !record || !record->open)
        return breaks(tunnel, found.empty() ? "no intent on disk (1)" : found.front() + " (1, 4)");

    count(tunnel.regenerates, too_many_in_an_hour, tunnel, "it regenerates far too often");

    const auto& place = at(world_.instances.at(tunnel.tunnel->settings.instance.url.text()).target);
    if (now - organization.key_good > api_key_lasts)
        breaks(tunnel, "it regenerates though its API key was not looked at lately");
    if (!tunnel.tunnel->retired && now - reloaded_ > in_passing &&
        now - std::min(place.status_good + whoami_takes, place.login_good) > preflight_lasts + in_passing)
        breaks(tunnel, "it regenerates without a preflight that passed in the last minute");

    const bool given_up = !tunnel.key.empty() && tunnel.key == tunnel.given_up;
    const bool replaces = !given_up && record->key && record->key->rejections >= rejections_until_replaced;
    if (!tunnel.key.empty() && !replaces && !given_up)
        breaks(tunnel, "it asks for another key though it has one");
    if (replaces && now - std::exchange(tunnel.replaced_at, now) < between_replacements && !is_clock_doubtful())
        breaks(tunnel, "it replaces a rejected key twice in an hour");

    const bool first = record->open->regenerates == 1;
    const auto paused_until =
        first ? organization.paused_until
              : std::min(organization.paused_until, organization.paused_since + core::duration(1h));
    if (now < paused_until && now - organization.paused_since > in_passing)
        breaks(tunnel, "it regenerates though the cloud asked its organization to wait");
    if (first) {
        goes_in_turn(tunnel, place);
        begins(tunnel, *record);
    }
    spends_request(organization);
}

/// A rotation that its schedule asked for: may it begin now?
void watch::is_time(const seen& tunnel, const core::tunnel_record& record) {
    const auto& plan = tunnel.tunnel->settings.schedule;
    const auto now = world_.loop.now().wall;
    if (record.open->began_at < occurrence_of(tunnel, record))
        breaks(tunnel, "it rotates before it is due (6)");
    if (plan.cron && occurrence_of(tunnel, record) <= tunnel.fired)
        breaks(tunnel, "one occurrence is done twice");
    const auto open = core::next_opening(plan.windows, plan.zone, now - in_passing);
    if (!open.has(now) && !open.has(now - in_passing))
        breaks(tunnel, "it rotates outside its windows (6)");
}

/// The first regenerate of a rotation: was it time?
void watch::begins(seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto& settings = tunnel.tunnel->settings;
    const auto began_at = now.steady - (now.wall - record.open->began_at);
    const auto& organization = organizations_[settings.organization.id];
    const auto why = record.open->why;
    const bool by_schedule = why != core::reason::confirm && why != core::reason::manual;
    // With another schedule than it began by, it may be any occurrence.
    tunnel.fires = by_schedule && began_at >= reloaded_ ? occurrence_of(tunnel, record) : core::wall_time();
    if (why == core::reason::manual)
        tunnel.fired = {};  // it may set right what a clock that was ahead has done
    if (std::exchange(tunnel.asked, std::nullopt))
        return;  // a person's request passes all of that
    if (record.paused_at)
        breaks(tunnel, "it rotates though it is paused");
    if (began_at < reloaded_ || began_at < stepped_ || stepped_ + in_passing > now.steady)
        return;  // it was time by the settings, or the clock, of before
    switch (record.open->why) {
    case core::reason::scheduled:
    case core::reason::catch_up:
        is_time(tunnel, record);
        break;
    case core::reason::first:
        if (record.last_success || settings.schedule.first != core::first_rotation::now)
            breaks(tunnel, "it rotates for the first time, a second time (6)");
        is_time(tunnel, record);
        break;
    case core::reason::confirm:
        if (!record.confirmation_owed || began_at < tunnel.unanswered + settle)
            breaks(tunnel, "a confirmation begins while earlier requests may still take effect");
        break;
    case core::reason::manual:
        breaks(tunnel, "it rotates though nobody asked for that (6)");
        break;
    }
    if (record.open->why != core::reason::confirm && !tunnel.tunnel->configured)
        breaks(tunnel, "it rotates though it has left the configuration (6)");
    if (record.open->why != core::reason::confirm && !tunnel.tunnel->misplaced && is_late(tunnel, record))
        breaks(tunnel, "a rotation began late though nothing stood in its way (3, 5)");
    const auto other = by_hostname_.find(organization.unknown_of);
    if (other != by_hostname_.end() && other->second->tunnel->configured && other->second != &tunnel &&
        now.steady - organization.unknown_since > in_passing)
        breaks(tunnel, "a rotation begins while its organization's latest regenerate is unknown");
}

void watch::install_leaves(const core::instance& where, const core::secret& key) {
    auto& tunnel = at(owner_of(key.reveal()));
    const auto& owner = *tunnel.tunnel;
    if (const auto found = world_.broken(); !found.empty())
        return breaks(tunnel, found.front() + " (1, 4)");
    count(tunnel.installs, too_many_in_an_hour, tunnel, "it installs far too often");
    if (tunnel.key != key.reveal())
        breaks(tunnel, "a key is sent that the cloud may have replaced");
    if (where.url != owner.url && where.url != owner.other_url)
        breaks(tunnel, "a key is sent to an instance that is not its own");
    if (owner.misplaced && owner.configured && !unheard_reload_)
        breaks(tunnel, "a key is sent that a guard must hold");
    if (owner.configured && where.url != owner.settings.instance.url)
        breaks(tunnel, "a key is sent where its instance was before a reload");
}

}  // namespace tunnelkeyd::simulation
