#pragma once

#include "serve/server.hpp"

#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::ports {
class log;
}

namespace tunnelkeyd::serve {

class metrics_registry;
class operations;
struct server_state;

/// The control socket, as docs/control.md describes it: all pages of the health endpoints, and `asked` for the
/// rest. For root, the daemon's user and the group of the socket's file, which has mode 0660; `log` is told of
/// others.
///
/// Loop's thread only; destroyed before the loop, `metrics`, `asked` and `log`, from the loop or with it
/// stopped. From then on it calls nothing, and may be answered all the same. At its end the socket's file is
/// removed, unless another one is there by now.
class control_server {
public:
    /// Listens at once; answers from when the loop runs. Throws listen_error.
    control_server(boost::asio::io_context& loop, const std::string& socket, look look_at,
                   const metrics_registry& metrics, operations& asked, ports::log& log,
                   server_limits limits = {});
    ~control_server();
    control_server(const control_server&) = delete;
    control_server& operator=(const control_server&) = delete;

private:
    struct listening;
    std::unique_ptr<const listening> file_;
    std::shared_ptr<server_state> state_;  ///< held by the connections as well
};

}  // namespace tunnelkeyd::serve
