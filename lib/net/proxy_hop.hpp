#pragma once

#include "core/secret.hpp"
#include "net/endpoint.hpp"
#include "ports/secrets.hpp"

#include <optional>
#include <string>

namespace tunnelkeyd::net {

/// The proxy that a connection goes through, with what it asks for.
struct proxy_hop {
    std::optional<core::base_url> proxy;  ///< nothing: straight to the server
    core::secret authorization;           ///< of its Proxy-Authorization header; empty: none is sent
    bool by_environment = false;          ///< an environment variable names it
    std::string setting;                  ///< which one says so: "cloud.proxy"
    std::string why;                      ///< what decided, for people
    std::string problem;                  ///< why it cannot be used, for people; "" if it can
};

/// Reads environment and password anew, by `secrets`; blocks for as long as a local file takes.
proxy_hop find_hop(const endpoint& to, const ports::secrets& secrets);

}  // namespace tunnelkeyd::net
