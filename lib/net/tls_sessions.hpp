#pragma once

#include "net/openssl_ptr.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace tunnelkeyd::net {

/// TLS sessions that servers offered to resume: a resumed handshake leaves out the certificates and costs about
/// half. What a session stands for was verified when it began; it is offered only to the same peer, under
/// the same trust store, for up to an hour, and one of TLS 1.3 only once (RFC 8446, appendix C.4). At most 128
/// are kept. Early data is never sent.
class tls_sessions {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Whose session it is. Lives as long as the connection that it was attached to.
    struct peer {
        std::shared_ptr<tls_sessions> sessions;
        std::shared_ptr<boost::asio::ssl::context> context;
        std::string name;                    ///< all that tells one peer from another
        std::function<void()> offered = {};  ///< called from inside OpenSSL when it offers one; may be empty
    };

    /// For each new context, so that sessions of its connections are kept.
    static void enable(SSL_CTX* context);

    /// Before the handshake: offers what is kept for this peer, and keeps what it will offer.
    static void attach(SSL* connection, peer& to);

private:
    using session_ptr = openssl_ptr<SSL_SESSION, SSL_SESSION_free>;
    struct entry {
        std::shared_ptr<boost::asio::ssl::context> context;
        std::string name;
        session_ptr session;
        time_point since;
    };

    session_ptr take(const peer& of);
    void keep(const peer& of, session_ptr session);

    std::list<entry> entries_;  ///< the oldest comes first
};

}  // namespace tunnelkeyd::net
