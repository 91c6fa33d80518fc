#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Private to the servers.
namespace tunnelkeyd::serve {

enum class page : std::uint8_t { none, live, ready, health, tunnel_health, status, tunnel_status, metrics };

inline constexpr std::array paths{"/livez",  "/readyz",          "/healthz", "/healthz/{tunnel}",
                                  "/status", "/status/{tunnel}", "/metrics"};

struct route {
    page what = page::none;
    std::string path;    ///< as it was asked for, without a query
    std::string tunnel;  ///< of page::tunnel_health and tunnel_status; decoded
};

/// What a request's target asks for: a path, perhaps with a query; or, as proxies send it, a whole URL.
route route_of(std::string_view target);

}  // namespace tunnelkeyd::serve
