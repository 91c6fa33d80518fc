#pragma once

#include "core/exchange.hpp"
#include "core/way.hpp"
#include "net/dial.hpp"
#include "net/endpoint.hpp"
#include "net/proxy_failure.hpp"
#include "net/proxy_hop.hpp"
#include "net/tls_contexts.hpp"
#include "net/tls_failure.hpp"
#include "net/tls_peer.hpp"
#include "net/tls_sessions.hpp"
#include "net/wiping_allocator.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace tunnelkeyd::net {

/// One TCP or TLS connection, and one request on it at a time. Its coroutines run on the loop; whoever awaits
/// one holds a shared_ptr to it. Destroying it closes the socket.
class connection : public std::enable_shared_from_this<connection> {
public:
    /// `name_servers`: see name_lookup.
    connection(boost::asio::io_context& loop, endpoint where, std::string name_servers);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Before open() and examine(): through this proxy, if there is one. Only examine() tells its problem.
    void go_through(proxy_hop hop) { hop_ = std::move(hop); }

    /// Look-up, TCP, the proxy and TLS, within `limit` in total. The result is that of an exchange which
    /// reached nothing, or an alert where the server refused the client's certificate; it has no problem where
    /// the connection is open. `context` may be null where the URL is plain http.
    boost::asio::awaitable<core::exchange> open(std::shared_ptr<boost::asio::ssl::context> context,
                                                std::shared_ptr<tls_sessions> sessions, core::duration limit);

    /// open(), which tells what it found and closes: no request can follow. A TLS context that could not be
    /// made ends it where the handshake would begin.
    boost::asio::awaitable<core::way> examine(tls_contexts::result tls, core::duration limit);

    /// Sends the request once and reads the reply, within `limit` in total. `took` is left to the caller.
    boost::asio::awaitable<core::exchange> exchange(wiping_string request, core::duration limit);

    /// May it serve another request? Only behind a whole reply whose sender keeps the connection, and only
    /// while nothing can be read: that would be the end of the connection, or bytes that nobody asked for. The
    /// session tickets of TLS 1.3 come before the first reply (RFC 8446, section 4.6.1, and every server known)
    /// and are read with it; later ones merely cost this connection.
    [[nodiscard]] bool is_reusable() const;

    [[nodiscard]] std::chrono::steady_clock::time_point made_at() const noexcept { return made_at_; }

    /// Behind a whole reply: sends close_notify, does not wait for the other side's, and closes.
    void close();
    /// At any time: closes at once. What is being awaited ends with a failure.
    void abort();

private:
    using time_point = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<std::string> reach(time_point deadline);
    boost::asio::awaitable<void> pass_proxy(time_point deadline);
    boost::asio::awaitable<std::string> ask(wiping_string request, connect_reply* reply, time_point deadline);
    boost::asio::awaitable<std::string> connect(time_point deadline);
    boost::asio::awaitable<std::string> shake_hands(time_point deadline);
    boost::asio::awaitable<void> hear_objection(time_point deadline);
    void note_dial(const dial::result& found);
    void note_tls(const SSL* connected);
    /// Where TCP leads.
    [[nodiscard]] const core::base_url& next_hop() const { return hop_.proxy ? *hop_.proxy : where_.url; }

    struct streams;
    boost::asio::io_context& loop_;
    tls_sessions::peer peer_;       ///< outlives the TLS stream, which refers to it
    client_authentication client_;  ///< likewise
    std::unique_ptr<streams> streams_;
    std::unique_ptr<dial> dial_;  ///< while it runs
    endpoint where_;
    proxy_hop hop_;
    std::string name_servers_;
    tls_failure tls_failure_;      ///< why the handshake failed
    bool client_refused_ = false;  ///< since the server does not accept the client's certificate
    proxy_failure proxy_failure_;
    core::hindrance hindrance_ = core::hindrance::connection;  ///< why it is not open, if it is not
    core::way* examined_ = nullptr;                            ///< while examine() runs
    time_point made_at_ = std::chrono::steady_clock::now();
    bool used_ = false;        ///< a request has been begun
    bool keeps_open_ = false;  ///< the last reply was read whole and lets the connection live
};

}  // namespace tunnelkeyd::net
