#pragma once

#include "core/schedule/time_zone.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace tunnelkeyd::core {

/// When rotations may begin: hours of certain days, by the clocks of the tunnel's time zone. An instant is
/// within if clocks show an hour of the window then, the first time and the second.
struct window {
    std::uint8_t days = 0x7f;      ///< on which it opens: a bit for each, Sunday is bit 0; never 0
    std::chrono::minutes from{0};  ///< since midnight
    std::chrono::minutes to{0};  ///< exclusive, at most 24 h; where that is not later than `from`: the next day
    bool operator==(const window&) const = default;
};

/// A time within one or several windows, and the time before and behind it is not.
struct opening {
    wall_time from;
    wall_time to;  ///< exclusive
    bool operator==(const opening&) const = default;

    [[nodiscard]] bool has(wall_time at) const noexcept { return from <= at && at < to; }
};

/// The first opening that ends after `at`, which may be within. No windows at all are always open. What is open
/// for longer than two weeks is cut off there, to either side.
opening next_opening(std::span<const window> windows, const time_zone& zone, wall_time at);

/// How much of [from, to) is within.
duration open_time(std::span<const window> windows, const time_zone& zone, wall_time from, wall_time to);

/// When `length` of time within has passed since `from`.
wall_time after_open_time(std::span<const window> windows, const time_zone& zone, wall_time from,
                          duration length);

}  // namespace tunnelkeyd::core
