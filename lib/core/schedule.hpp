#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstdint>

namespace tunnelkeyd::core {

struct due_time {
    wall_time at;
    reason why = reason::scheduled;
};

/// When a tunnel is due next. It follows from what is on disk alone (never from when the process started), so
/// that a restart neither skips nor repeats an occurrence: last success (or first sight) + every + jitter. A
/// time before `started_at` came while nobody was there: `catch_up`.
due_time next_due(const schedule& plan, const tunnel_record& record, std::uint64_t salt, wall_time started_at);

/// The jitter of the occurrence that counts from `base`: uniform over [0, limit], the same whenever it is asked
/// for. `salt` is the store's own, so that two daemons with one configuration do not fire together.
duration jitter_of(const identity& id, wall_time base, duration limit, std::uint64_t salt);

/// When a tunnel's background preflight is due next, strictly after `after`: once in each `every`, at a moment
/// of the tunnel's own, so that they are spread over that time, and a restart changes nothing.
wall_time next_checkup(duration every, const identity& id, wall_time after, std::uint64_t salt);

}  // namespace tunnelkeyd::core
