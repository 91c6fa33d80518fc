#pragma once

#include "core/time.hpp"
#include "core/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What was found on the way to a server: the name look-up, the connection, a proxy's leave and the TLS
/// handshake of a connection on which no request was sent. With a proxy, look-up and connection are those of
/// its host.
namespace tunnelkeyd::core {

struct certificate {
    std::string subject;        ///< as in RFC 2253, escaped and cut
    std::string issuer;         ///< likewise
    wall_time not_after;        ///< until when it is valid
    wall_time not_before = {};  ///< and from when
};

/// "CN=jira.example.com, issued by CN=Example CA, valid from 2026-01-01 until 2027-01-01"
std::string describe(const certificate& shown);

struct way {
    base_url to;

    enum class stage : std::uint8_t { look_up, connection, proxy, tls, whole };
    stage ended_at = stage::look_up;  ///< where it failed; `whole`: it did not
    std::string problem;              ///< why, for people; "" where it is whole
    std::string remedy;               ///< for people, where the problem alone tells it; else ""

    std::optional<base_url> proxy;  ///< nothing: straight there
    std::string proxy_why;          ///< which one, or why none; for people
    duration proxy_took{0};         ///< from CONNECT to its reply

    std::vector<std::string> addresses;    ///< of the name; none where the URL has an address
    std::optional<duration> look_up_took;  ///< nothing where the URL has an address

    std::string connected_to;  ///< "192.0.2.1 port 443"; "" where nothing answered
    duration connection_took{0};

    // "" and empty where the URL is plain http, or the handshake did not get there.
    std::string tls_version;         ///< "TLSv1.3"
    std::string cipher;              ///< "TLS_AES_256_GCM_SHA384"
    std::vector<certificate> chain;  ///< the server's own first: up to the trusted one where it was verified,
                                     ///< else as the server sent it; at most 10
    bool wants_client_certificate = false;   ///< the server asked for one
    std::optional<certificate> client = {};  ///< the one that is configured
    duration tls_took{0};
};

}  // namespace tunnelkeyd::core
