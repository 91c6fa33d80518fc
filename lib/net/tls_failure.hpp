#pragma once

#include "core/config.hpp"
#include "net/tls_peer.hpp"

#include <boost/system/error_code.hpp>

#include <openssl/x509.h>

#include <string>

/// Why there is no TLS connection: what is wrong, with which certificate, and what to do about it.
namespace tunnelkeyd::net {

/// For people.
struct tls_failure {
    std::string problem;  ///< "" where there is none
    std::string remedy;   ///< "" where nothing better can be said

    /// Both in one.
    [[nodiscard]] std::string text() const { return problem + (remedy.empty() ? "" : ": " + remedy); }
};

/// In a verification callback that was told of a failure: `name` is whom the certificate should be for.
tls_failure refused_server(X509_STORE_CTX* verification, const std::string& name);

/// An alert by which the server refuses the handshake (refuses_handshake()), where it had asked for a client
/// certificate, and where it had not.
tls_failure refused_client(const boost::system::error_code& alert, const client_authentication& client);

/// Whatever else ended a handshake.
tls_failure broken_handshake(const boost::system::error_code& error, const client_authentication& client,
                             const core::tls_settings& settings);

}  // namespace tunnelkeyd::net
