#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstdint>

/// When a tunnel is due. It follows from what is on disk alone (never from when the process started), so that a
/// restart neither skips nor repeats an occurrence.
namespace tunnelkeyd::core {

struct due_time {
    wall_time at;
    reason why = reason::scheduled;
    wall_time occurrence = at;     ///< what the schedule says: before windows and jitter
    wall_time opens = occurrence;  ///< or the opening of its windows behind that: jitter counts from here
};

/// The schedule counts from then: the last success, or the first sight.
wall_time counts_from(const tunnel_record& record);

/// When a tunnel is due next: the occurrence after counts_from(), or the next opening of its windows, plus
/// jitter. A time before `started_at` came while nobody was there: `catch_up`. `salt` is the store's own, so
/// that two daemons with one configuration do not fire together.
due_time next_due(const schedule& plan, const tunnel_record& record, std::uint64_t salt, wall_time started_at);

/// A rotation that is due: when may it begin, at `now` or later? At once if the windows are open. If it missed
/// the opening in which it was due, it has a place of its own in each later one, so that all that wait for that
/// do not begin together.
wall_time may_begin_at(const schedule& plan, const identity& id, const due_time& due, wall_time now,
                       std::uint64_t salt);

/// When a tunnel's background preflight is due next, strictly after `after`: once in each `every`, at a moment
/// of the tunnel's own, so that they are spread over that time, and a restart changes nothing.
wall_time next_checkup(duration every, const identity& id, wall_time after, std::uint64_t salt);

}  // namespace tunnelkeyd::core
