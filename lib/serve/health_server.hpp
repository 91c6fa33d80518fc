#pragma once

#include "core/config.hpp"
#include "serve/server.hpp"

#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::serve {

class metrics_registry;
struct server_state;

/// The health endpoints, plain HTTP/1.1, GET and HEAD: /livez /readyz /healthz /healthz/{tunnel} /status
/// /status/{tunnel} /metrics. No secrets, no changes. All pages but the first two are rendered by a thread of
/// their own.
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
    [[nodiscard]] const std::string& address() const noexcept { return address_; }

private:
    std::string address_;
    std::shared_ptr<server_state> state_;  ///< held by the connections as well
};

}  // namespace tunnelkeyd::serve
