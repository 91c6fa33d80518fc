#pragma once

#include "simulator/https_session.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>

/// Private to the HTTPS server: what is done on one connection, each with a limit of time.
namespace tunnelkeyd::simulator {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;

/// Counts itself as open for as long as it lives.
struct connection {
    connection(boost::asio::ip::tcp::socket accepted, const session_settings& shared);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    [[nodiscard]] boost::beast::tcp_stream& tcp() { return stream.next_layer(); }
    [[nodiscard]] world& all() const { return *settings.all; }

    session_settings settings;
    boost::asio::ssl::stream<boost::beast::tcp_stream> stream;
    boost::beast::flat_buffer buffer;
    std::uint64_t number;  ///< from 1
    bool first = true;     ///< no request has come yet
};

/// The TLS handshake. Returns whether it succeeded; if not, the client has been told why, and the connection is
/// closed.
boost::asio::awaitable<bool> handshake(connection& on);

/// The next request; nothing when the connection is at its end, and then it has been closed. A request that is
/// too big or no HTTP has been answered.
boost::asio::awaitable<std::optional<http_request>> read_request(connection& on);

/// Returns whether all of it was written. `bytes` must outlive the write.
boost::asio::awaitable<bool> write(connection& on, const std::string& bytes);

/// Waits until the client closes, for as long as that takes.
boost::asio::awaitable<void> outlast(connection& on);

/// With TLS's close_notify.
boost::asio::awaitable<void> close_properly(connection& on);

/// TCP's FIN only.
void close_quietly(connection& on);

/// TCP's RST.
void reset(connection& on);

}  // namespace tunnelkeyd::simulator
