#pragma once

#include "core/way.hpp"

#include <boost/system/error_code.hpp>

#include <openssl/ssl.h>

#include <string>
#include <vector>

/// Who the other side of a TLS connection has to be, and what is said when it is somebody else.
namespace tunnelkeyd::net {

/// Before the handshake: the certificate must be for `name` (RFC 6125; an IP address must stand in it as one,
/// RFC 9110, section 4.3.5), and a name, not an address, is asked for with SNI (RFC 6066, section 3). False if
/// OpenSSL takes no such name.
bool expect_peer(SSL* connection, const std::string& name);

/// Why a certificate is not accepted, and what to do about it; for people.
struct certificate_failure {
    std::string problem;  ///< "" where there is none
    std::string remedy;   ///< "" where nothing better can be said

    /// Both in one.
    [[nodiscard]] std::string text() const { return problem + (remedy.empty() ? "" : ": " + remedy); }
};

/// In a verification callback that was told of a failure: what is wrong, with which certificate. Text from the
/// certificate is escaped and cut.
certificate_failure describe_failure(X509_STORE_CTX* verification, const std::string& name);

/// The first ten certificates; none where `chain` is null.
std::vector<core::certificate> describe_chain(const STACK_OF(X509) * chain);

/// Is this the alert of a peer that refuses the handshake? Then it has not acted on anything sent after it.
bool refuses_handshake(const boost::system::error_code& error);

}  // namespace tunnelkeyd::net
