#pragma once

#include "core/config.hpp"
#include "core/secret.hpp"

#include <functional>
#include <optional>
#include <string>

/// Which way leads to a server: straight there, or through a forward proxy.
namespace tunnelkeyd::core {

/// The value of an environment variable; nothing where it is not set. It may contain a proxy's password.
using variable_lookup = std::function<std::optional<secret>(const std::string& name)>;

struct proxy_route {
    std::optional<base_url> proxy;  ///< nothing: straight there
    std::optional<secret> login;    ///< `user:password`, where an environment variable has them
    std::string why;                ///< what decided, for people: "$NO_PROXY has example.com"; never a secret
    std::string problem;  ///< why it cannot be told, with the remedy, for people; then there is no proxy
};

/// By `environment` it is found as curl does: the first of https_proxy, HTTPS_PROXY, all_proxy and ALL_PROXY
/// that is neither missing nor empty counts, unless the first such of no_proxy and NO_PROXY names the target.
proxy_route find_route(const base_url& target, const proxy_settings& settings,
                       const variable_lookup& variables);

/// One line of what find_route() found, for people: "http://proxy.corp:3128 ($HTTPS_PROXY)".
std::string describe(const proxy_route& route);

}  // namespace tunnelkeyd::core
