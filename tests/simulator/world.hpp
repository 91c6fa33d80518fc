#pragma once

#include "simulator/faults.hpp"
#include "simulator/request_log.hpp"
#include "simulator/truth.hpp"

#include <cstdint>
#include <functional>

namespace tunnelkeyd::simulator {

struct connection_counts {
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t failed_handshakes = 0;
};

/// All that the servers share. One thread, no locks.
struct world {
    truth tunnels;
    fault_table faults;
    request_log requests;
    connection_counts connections;
    std::function<core::wall_time()> now;
    std::function<double()> uniform;  ///< numbers in [0, 1)

    /// With the system's clock and OpenSSL's randomness.
    world();

    [[nodiscard]] route route_of(side to, const request& asked);
    /// Carries the request out and counts it as applied.
    reply perform(const route& to, const request& asked);
};

}  // namespace tunnelkeyd::simulator
