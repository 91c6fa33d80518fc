#pragma once

#include "core/secret.hpp"
#include "core/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// Where a forward proxy is, and how to log in to it, as one URL says it: http://user:password@proxy.corp:3128
struct proxy_url {
    base_url url;                 ///< http, without a path
    std::optional<secret> login;  ///< `user:password`, percent-decoded; as RFC 7617 has it
    std::string problem;          ///< why this is none, for people; of the text it has a port at most
};

/// Reads it. Left out, the scheme is http. The port has to be there: curl, for one, takes 1080 where others
/// take 80 or 3128. Of a path only "/" is taken.
proxy_url parse_proxy_url(std::string_view text);

/// "http://proxy.corp:3128", always with its port: for people, and for parse_proxy_url().
std::string proxy_text(const base_url& proxy);

}  // namespace tunnelkeyd::core
