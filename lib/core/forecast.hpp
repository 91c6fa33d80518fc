#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// What will happen if nothing goes wrong: when each tunnel will rotate, as the daemon would have it.
namespace tunnelkeyd::core {

/// Why a rotation is expected. More than core::reason tells of one that has begun.
enum class forecast_reason : std::uint8_t {
    cron,      ///< its schedule's `cron`
    every,     ///< its schedule's `every`
    catch_up,  ///< it is due already, and waits for the daemon, or for its windows
    first,     ///< never rotated before, and `first: now`
    retry,     ///< after a failure; or its key gap is open
    confirm,   ///< an earlier request may take effect late
};
std::string_view to_string(forecast_reason why);

/// A tunnel, and what is on disk of it; null: it is seen first when the forecast begins. Both must outlive the
/// use.
struct forecast_tunnel {
    const tunnel* settings;
    const tunnel_record* record;
};

/// Which rotations are asked for: those in (from, from + length].
struct forecast_range {
    wall_time now;  ///< the clock
    wall_time from;
    duration length;

    /// When the forecast begins: what is due then rotates then. A `from` in the past is taken for the clock.
    [[nodiscard]] wall_time begin() const noexcept { return now < from ? now : from; }
    [[nodiscard]] wall_time end() const noexcept { return from + length; }
};

struct expected_rotation {
    wall_time at;
    std::uint32_t tunnel;  ///< its place among the tunnels asked for
    forecast_reason why;
    duration shut_out{0};  ///< how long its windows kept it from its occurrence

    bool operator==(const expected_rotation&) const = default;
};

/// All rotations in the range, sorted by time, each taken to succeed the moment it begins; the next one counts
/// from that. One that could begin before `from` is at `from`, if the forecast begins there. Nothing if there
/// are more than `most` until the range's end, so that time and memory are bounded.
std::optional<std::vector<expected_rotation>> forecast(std::span<const forecast_tunnel> tunnels,
                                                       std::uint64_t salt, const forecast_range& range,
                                                       std::size_t most);

}  // namespace tunnelkeyd::core
