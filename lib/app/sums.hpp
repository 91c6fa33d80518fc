#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <string>

namespace tunnelkeyd::app {

/// What `run --once` came to.
struct once_result {
    unsigned rotated = 0;
    unsigned failed = 0;  ///< refused, failed preflight, or not tried since it backs off
    unsigned held = 0;
    unsigned orphaned = 0;    ///< left the configuration, and their instance is another tunnel's now
    unsigned unfinished = 0;  ///< the key gap is still open, or it did not come to its turn
    unsigned confirmations_owed = 0;
};

/// What one line for people says of it all.
struct summary {
    std::size_t tunnels = 0;   ///< configured ones
    std::size_t rotating = 0;  ///< whoever is not idle
    std::size_t degraded = 0;
    std::size_t failing = 0;
    std::string next;  ///< the name of the tunnel that is due next; "": none
    core::wall_time next_at;
};

}  // namespace tunnelkeyd::app
