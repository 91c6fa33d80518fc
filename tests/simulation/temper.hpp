#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace tunnelkeyd::simulation {

/// What a seed's world is like. Each seed has some of the troubles, and each of those more or less often, so
/// that rare combinations are not drowned by all happening at once.
struct temper {
    unsigned tunnels = 50;
    unsigned organizations = 1;
    core::duration length = std::chrono::days(5 * 365);
    core::duration every{};
    core::duration jitter{};
    double by_cron = 0;     ///< of the tunnels
    double in_windows = 0;  ///< of the tunnels
    std::optional<core::duration> checkup_every;
    unsigned requests_per_minute = 300;  ///< as configured
    unsigned allowed_per_minute = 300;   ///< by the cloud: fewer, where something else spends the rest

    double request_fails = 0;         ///< any request, at any time
    double late = 0;                  ///< of the requests that fail, those that take effect afterwards
    double write_fails = 0;           ///< any write, at any time
    bool failed_writes_stay = false;  ///< what failed to be written may be on disk all the same
    double key_unwanted = 0;          ///< a key, at each attempt to install it, by its instance from then on
    /// When a request that changes a key leaves: the daemon is killed soon, or one of its peers has trouble
    /// from now on, or people change the tunnel's configuration.
    double killed_at_request = 0;
    double trouble_at_request = 0;
    double change_at_request = 0;

    // How often, on average; nothing: never.
    std::optional<core::duration> killed;
    std::optional<core::duration> stopped;  ///< SIGTERM, and started again
    std::optional<core::duration> restored;
    std::optional<core::duration> cloud_trouble;
    std::optional<core::duration> instance_trouble;
    std::optional<core::duration> store_trouble;
    std::optional<core::duration> credentials_trouble;
    std::optional<core::duration> reload;
    std::optional<core::duration> clock_stepped;
    double paused = 0;                    ///< a tunnel or more, when the daemon is down; others go on again
    std::optional<core::duration> asked;  ///< of the running daemon: rotate, pause, resume; reveal and resolve
    core::duration trouble_lasts{};       ///< on average
};

temper temper_of(std::uint64_t seed);

}  // namespace tunnelkeyd::simulation
