#pragma once

#include "core/config.hpp"

#include <string_view>

namespace tunnelkeyd::net {

/// What a connection leads to.
struct endpoint {
    core::base_url url;
    core::tls_settings tls;  ///< these two without meaning where `url` is plain http
    core::proxy_settings proxy;
    std::string_view side;  ///< whose settings these are, for messages; a literal: "cloud" or "instance"
};

}  // namespace tunnelkeyd::net
