#pragma once

#include "net/tls_failure.hpp"
#include "net/wiping_allocator.hpp"

#include <string>

/// Files in which certificates as PEM (RFC 7468) should be, and something else is.
namespace tunnelkeyd::net {

/// What the file `path` is, which holds `text` and no certificate that OpenSSL could read, and how to come to
/// one. `reason` is OpenSSL's, and told where nothing better can be said.
tls_failure explain_no_certificate(const wiping_string& text, const std::string& path,
                                   const std::string& reason);

}  // namespace tunnelkeyd::net
