#pragma once

#include "core/config.hpp"
#include "core/overview.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::serve {

class metrics_registry;
struct server_state;

/// Bounds on what a client may use. Each is a whole bound, not one per read.
struct server_limits {
    std::size_t connections = 128;   ///< at once; the one that is idle for longest makes room for a new one
    std::size_t answering = 8;       ///< answers being made or sent at once, /livez apart; more get a 503
    std::size_t header = 8 * 1024;   ///< bytes of a request's line and header
    core::duration request{10'000};  ///< from a connection's first byte of a request to the request's end
    core::duration idle{60'000};     ///< without a request
    core::duration answer{30'000};   ///< until an answer is made (else it is a 503), and then until it is sent
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

/// Calls `done` once, from the loop, perhaps from inside the call, with all that is going on.
using look_handler = std::function<void(core::overview)>;
using look = std::function<void(look_handler done)>;

/// The health endpoints, plain HTTP/1.1, GET and HEAD: /livez /readyz /healthz /healthz/{tunnel} /status
/// /metrics. No secrets, no changes. Answers that grow with the number of tunnels are rendered by a thread of
/// its own.
///
/// Loop's thread only; destroyed before the loop and before `metrics`, from the loop or with it stopped: it
/// waits for a page that is being rendered, and from then on calls nothing, whatever is still open or asked
/// for.
class health_server {
public:
    /// Listens at once; answers from when the loop runs. Throws listen_error.
    health_server(boost::asio::io_context& loop, const core::listen_address& where, look look_at,
                  const metrics_registry& metrics, server_limits limits = {});
    ~health_server();
    health_server(const health_server&) = delete;
    health_server& operator=(const health_server&) = delete;

    /// Where it really listens: "127.0.0.1:9847", "[::1]:9847".
    [[nodiscard]] std::string address() const;

private:
    std::shared_ptr<server_state> state_;  ///< held by the connections as well
};

}  // namespace tunnelkeyd::serve
