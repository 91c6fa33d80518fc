#pragma once

#include "core/overview.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

/// What the health endpoints and the control socket share.
namespace tunnelkeyd::serve {

/// Bounds on what a client may use. Each is a whole bound, not one per read.
struct server_limits {
    std::size_t connections = 128;  ///< at once; the one that is idle for longest makes room for a new one
    // Answers being made or sent at once; more get a 503. Those to /livez and /readyz are not counted.
    std::size_t large_answers = 8;    ///< to /status and /metrics, which grow with the number of tunnels
    std::size_t health_answers = 32;  ///< to /healthz, below it, and below /status
    std::size_t operations = 64;      ///< of the control socket, until each is answered
    std::size_t header = 8 * 1024;    ///< bytes of a request's line and header
    std::size_t body = 8 * 1024;      ///< bytes of a request's body, where one is taken
    core::duration request{10'000};   ///< from a connection's first byte of a request to the request's end
    core::duration idle{60'000};      ///< without a request
    core::duration answer{30'000};    ///< until an answer is made (else it is a 503), and then until it is sent
    /// In place of the former, of an operation: a preflight may wait for a dead instance. One that is answered
    /// later is done all the same.
    core::duration operation{360'000};
};

/// Why nothing can listen there. `what()` is for people, with the remedy.
class listen_error : public std::runtime_error {
public:
    /// `temporary`: the address is in use, or not there yet: trying again later may help.
    listen_error(const std::string& message, bool temporary)
        : std::runtime_error(message), temporary_(temporary) {}
    [[nodiscard]] bool temporary() const noexcept { return temporary_; }

private:
    bool temporary_;
};

/// Calls `done` once, from the loop, perhaps from inside the call, with so much of what is going on.
using look_handler = std::function<void(core::overview)>;
using look = std::function<void(const core::extent& extent, look_handler done)>;

}  // namespace tunnelkeyd::serve
