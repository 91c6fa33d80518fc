#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// The base URL of a server: scheme, host, port and context path. No user, query or fragment.
///
/// Always normalized (RFC 3986, section 6.2): lower-case scheme and host, the default port made explicit, dot
/// segments and trailing slashes removed. So two of them name the same place exactly if they compare equal.
struct base_url {
    std::string scheme;      ///< "https" or "http"
    std::string host;        ///< a name, an IPv4 address, or one of IPv6 as RFC 5952 has it, without brackets
    std::uint16_t port = 0;  ///< never 0 in a parsed URL
    std::string path;        ///< "" or "/context", percent-encoded, never ending in a slash

    bool operator==(const base_url&) const = default;

    [[nodiscard]] bool is_https() const noexcept { return scheme == "https"; }
    /// For addresses and names that never leave this machine: 127.0.0.0/8, ::1, localhost and *.localhost.
    [[nodiscard]] bool is_loopback() const;
    /// host, or host:port where the port is not the scheme's own; what goes into a Host header.
    [[nodiscard]] std::string authority() const;
    /// host:port, always with the port: what CONNECT asks for (RFC 9110, section 9.3.6).
    [[nodiscard]] std::string host_and_port() const;
    /// The whole URL, without a port where it is the scheme's own.
    [[nodiscard]] std::string text() const;
};

/// Reads an http or https URL with a host. Nothing if it is not one, or has a user, a query or a fragment.
std::optional<base_url> parse_base_url(std::string_view text);

}  // namespace tunnelkeyd::core
