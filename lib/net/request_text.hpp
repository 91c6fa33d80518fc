#pragma once

#include "core/url.hpp"
#include "net/wiping_allocator.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tunnelkeyd::net {

struct header_field {
    std::string_view name;
    std::string_view value;
};

/// A request as it goes over the wire, in one piece, or why it cannot be sent.
struct request_text {
    wiping_string bytes;
    std::string problem;  ///< "" if it can be sent; never contains a secret
};

/// `path` is percent-encoded, and appended to the path of `base`. Host, User-Agent and, unless this is a GET,
/// Content-Length are added. A value that is not plain visible text (RFC 9110, section 5.5, without the
/// obsolete forms) is refused: it could smuggle in a header of its own.
request_text make_request(std::string_view method, const core::base_url& base, std::string_view path,
                          std::span<const header_field> fields, std::string_view body = {});

/// Asks a proxy for a connection to `target` (RFC 9110, section 9.3.6). `authorization`: of
/// Proxy-Authorization;
/// "": none.
request_text make_connect_request(const core::base_url& target, std::string_view authorization);

/// Percent-encodes whatever may not stand in one segment of a path (RFC 3986, section 3.3).
std::string path_segment(std::string_view text);

}  // namespace tunnelkeyd::net
