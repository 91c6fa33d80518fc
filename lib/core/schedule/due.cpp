#include "core/schedule/due.hpp"

#include "core/schedule/jitter.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

namespace {

// Who begins in the last minute of an opening may come too late for it.
constexpr duration last_entry = std::chrono::minutes(1);

/// A place of its own in an opening, from `from` on.
wall_time place_in(const opening& open, wall_time from, const schedule& plan, const identity& id,
                   wall_time occurrence, std::uint64_t salt) {
    const auto room = open.to == wall_time::max() ? plan.jitter : open.to - from - last_entry;
    return from + jitter_of(id, occurrence, std::clamp(room, duration(0), plan.jitter), salt);
}

}  // namespace

wall_time counts_from(const tunnel_record& record) {
    return record.last_success.value_or(record.first_seen);
}

due_time next_due(const schedule& plan, const tunnel_record& record, std::uint64_t salt, wall_time started_at) {
    if (!record.last_success && plan.first == first_rotation::now) {
        const auto open = next_opening(plan.windows, plan.zone, record.first_seen);
        const auto at = std::max(record.first_seen, open.from);
        return {at, reason::first, record.first_seen, at};
    }
    const auto base = counts_from(record);
    const auto occurrence = plan.cron ? plan.cron->next(base, plan.zone) : base + plan.every;
    const auto open = next_opening(plan.windows, plan.zone, occurrence);
    const auto opens = std::max(occurrence, open.from);
    const auto at = place_in(open, opens, plan, record.id, occurrence, salt);
    return {at, at < started_at ? reason::catch_up : reason::scheduled, occurrence, opens};
}

wall_time may_begin_at(const schedule& plan, const identity& id, const due_time& due, wall_time now,
                       std::uint64_t salt) {
    const auto at = std::max(due.at, now);
    const auto open = next_opening(plan.windows, plan.zone, at);
    if (due.at >= open.from)
        return at;
    return std::max(at, place_in(open, open.from, plan, id, open.from, salt));
}

wall_time next_checkup(duration every, const identity& id, wall_time after, std::uint64_t salt) {
    const auto phase = jitter_of(id, wall_time{}, every - duration(1), salt);
    const auto since = (after.time_since_epoch() - phase) / every;  // the clock stands after 1970
    return wall_time(phase + (since + 1) * every);
}

}  // namespace tunnelkeyd::core
