#pragma once

#include <string>

namespace tunnelkeyd::core {

/// The one way to write a numeric address, so that two spellings of one are equal; "" where `text` is none of
/// this `family`, AF_INET or AF_INET6. As inet_ntop(3) writes it, which is RFC 5952: lower case, no leading
/// zeros, the longest run of zeros as "::", and an IPv4 address in its own form at the end of ::ffff:192.0.2.7.
std::string canonical_address(int family, const std::string& text);

}  // namespace tunnelkeyd::core
