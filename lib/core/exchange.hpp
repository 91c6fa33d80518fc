#pragma once

#include "core/secret.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>

namespace tunnelkeyd::core {

/// How far one HTTP request came. Verdicts rest on this, so whoever fills it in errs on the side of
/// `interrupted`.
enum class reached : std::uint8_t {
    nothing,  ///< no byte of the request left: look-up, connection or TLS handshake failed, or its time ran out
    alert,  ///< the request may have left, and before any byte of a reply the peer refused the *handshake* with
            ///< a fatal TLS alert (TLS 1.3 reports a bad client certificate that late, RFC 8446, 4.4.2.4)
    interrupted,  ///< a byte of the request may have left, and no whole reply came: reset, timeout, truncated,
                  ///< too big
    reply,        ///< a whole final reply was read (interim 1xx replies do not count, 101 does)
};

/// What kept a request from leaving: where a person looks first.
enum class hindrance : std::uint8_t {
    connection,  ///< the peer, or the network on the way to it; where nothing better is known, too
    own,    ///< something of this machine that the settings point to: a secret, a certificate, a trust store
    name,   ///< the name's look-up
    proxy,  ///< the proxy, or the way to it
    tls,    ///< the handshake: a certificate, or what either side demands of the other
};

/// One HTTP request and what came of it.
struct exchange {
    core::reached reached = core::reached::nothing;
    bool timed_out = false;  ///< a time limit ended it
    std::string problem;     ///< for people, where there was no reply; never contains a secret
    core::hindrance hindrance = core::hindrance::connection;  ///< with reached::nothing and reached::alert

    // Only with reached::reply. Header values are verbatim, "" where absent.
    unsigned status = 0;
    std::string content_type;
    std::string retry_after;
    std::string rate_limit_reset;
    std::string location;
    std::string authentication_denied_reason;  ///< X-Authentication-Denied-Reason
    secret body;                               ///< may contain a key, so it is handled as one; at most 1 MiB

    duration took{0};
};

}  // namespace tunnelkeyd::core
