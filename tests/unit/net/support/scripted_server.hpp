#pragma once

#include "support/certificates.hpp"
#include "support/sockets.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// A server on 127.0.0.1 that does what a script says, byte for byte: on threads of its own, with blocking
/// sockets.
namespace tunnelkeyd::testing {

struct server_tls {
    identity shown;
    int min_version = TLS1_2_VERSION;
    int max_version = TLS1_3_VERSION;
    bool wants_client_certificate = false;
    const identity* client_authority = nullptr;  ///< whose client certificates it takes; null: nobody's
};

/// The server's end of one connection. Used by its script; no assertions there, they are not thread-safe.
class peer {
public:
    explicit peer(int socket) : socket_(socket) {}
    ~peer();
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    /// False where the handshake failed; then the alert is out, and whatever the client says is read until it
    /// closes.
    bool accept(SSL_CTX* context);
    /// Head and body, as far as they come.
    std::string read_request();
    /// Waits for the first bytes of one.
    void read_some_of_request();
    /// All of it, or as much as is taken.
    void write(std::string_view text);
    /// Each in a record of its own under TLS, and all in one segment.
    void write_together(const std::vector<std::string>& texts);
    /// A session ticket in the middle of things (TLS 1.3).
    void write_ticket();
    /// Asks for another handshake (TLS 1.2), as servers do that want a client certificate for some paths only.
    void ask_for_renegotiation();
    /// FIN, behind close_notify or without.
    void close(bool with_close_notify = true);
    /// RST.
    void reset();
    /// As a proxy does: carries bytes between the client and this port of 127.0.0.1 until one of them closes.
    void relay_to(std::uint16_t port);
    /// Reads until the client closes. True if it said close_notify (under TLS), or simply closed.
    bool wait_until_closed();
    [[nodiscard]] SSL* tls() const { return tls_; }

private:
    int read(char* into, int size);

    int socket_;
    SSL* tls_ = nullptr;
};

using script = std::function<void(peer&)>;

class scripted_server {
public:
    /// The first connection gets the first script, and so on; there are no more than scripts.
    explicit scripted_server(std::vector<script> scripts);
    scripted_server(server_tls tls, std::vector<script> scripts);
    ~scripted_server();
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    [[nodiscard]] std::uint16_t port() const { return listener_.number(); }
    /// "https://localhost:PORT" + path, or http.
    [[nodiscard]] std::string url(const std::string& path = "", const std::string& host = "127.0.0.1") const;
    [[nodiscard]] unsigned connections() const;

private:
    void serve();

    std::vector<script> scripts_;
    net::openssl_ptr<SSL_CTX, SSL_CTX_free> tls_;
    listening_port listener_;
    mutable std::mutex mutex_;
    std::vector<int> sockets_;  ///< duplicates, to end a script that waits
    std::vector<std::thread> served_;
    std::thread accepting_;
};

/// Reads a request and answers with `reply`, as often as there are replies, then waits for the end.
script replies(std::vector<std::string> texts);

/// "HTTP/1.1 200 OK" with this body.
std::string ok(const std::string& body);

}  // namespace tunnelkeyd::testing
