#pragma once

#include "support/client_fixture.hpp"

#include <future>

/// A scripted server as a forward proxy.
namespace tunnelkeyd::testing {

inline const std::string way_opened = "HTTP/1.1 200 Connection established\r\n\r\n";

inline core::base_url proxy_at(std::uint16_t port) {
    return *core::parse_base_url("http://127.0.0.1:" + std::to_string(port));
}

inline net::endpoint through(std::uint16_t port, net::endpoint where) {
    where.proxy = {core::proxy_settings::source::configuration, proxy_at(port)};
    return where;
}

/// Lets one client through to this port, and keeps what it was asked.
inline script let_through(std::uint16_t port, std::promise<std::string>* asked = nullptr) {
    return [port, asked](peer& client) {
        const auto request = client.read_request();
        if (asked)
            asked->set_value(request);
        client.write(way_opened);
        client.relay_to(port);
    };
}

}  // namespace tunnelkeyd::testing
