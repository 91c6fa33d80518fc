#pragma once

#include "core/way.hpp"

#include <boost/system/error_code.hpp>

#include <openssl/ssl.h>

#include <optional>
#include <string>

/// Who the two sides of a TLS connection have to be.
namespace tunnelkeyd::net {

/// Before the handshake: `name` must stand in the certificate's alternative names (RFC 9110, section 4.3.4, and
/// RFC 9525: its common name counts for nothing; an IP address must stand there as one, RFC 9110,
/// section 4.3.5), and a name, not an address, is asked for with SNI (RFC 6066, section 3). False if OpenSSL
/// takes no such name.
bool expect_peer(SSL* connection, const std::string& name);

/// What came of the client's side of a handshake (RFC 8446, section 4.3.2; RFC 5246, section 7.4.4).
struct client_authentication {
    bool asked = false;   ///< the server asked for a certificate; a resumed session does not
    std::string issuers;  ///< those whose certificates it takes, as far as it says: "CN=Example CA"
    std::optional<core::certificate> shown;  ///< what it was shown then; nothing where none is configured
};

/// Before the handshake: fills `into`, which outlives it.
void watch_client_authentication(SSL* connection, client_authentication& into);

/// The number of the alert that this error stands for (RFC 8446, section 6.2); nothing where it is another one.
std::optional<int> alert_of(const boost::system::error_code& error);

/// Is this the alert of a peer that refuses the handshake? Then it has not acted on anything sent after it.
bool refuses_handshake(const boost::system::error_code& error);

}  // namespace tunnelkeyd::net
