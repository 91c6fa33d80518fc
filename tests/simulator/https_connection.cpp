#include "simulator/https_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <utility>

namespace tunnelkeyd::simulator {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t body_limit = 64 * 1024;
constexpr auto handshake_limit = std::chrono::seconds(30);
constexpr auto idle_limit = std::chrono::minutes(10);
constexpr auto write_limit = std::chrono::minutes(2);
constexpr auto goodbye_limit = std::chrono::seconds(2);

/// A socket that is closed with unread bytes in it sends a reset, which may overtake the alert that says why.
asio::awaitable<void> let_alert_arrive(connection& on) {
    std::array<char, 1024> scratch{};
    beast::error_code ignored;
    on.tcp().socket().shutdown(asio::socket_base::shutdown_send, ignored);
    on.tcp().expires_after(goodbye_limit);
    for (;;) {
        const auto [error, read] = co_await on.tcp().async_read_some(asio::buffer(scratch), quietly);
        if (error)
            break;
    }
    close_quietly(on);
}

unsigned status_for(const beast::error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return 431;
    if (error == http::error::body_limit)
        return 413;
    const bool is_of_http = error.category() == http::make_error_code(http::error::bad_method).category();
    const bool is_an_end = error == http::error::end_of_stream || error == http::error::partial_message;
    return is_of_http && !is_an_end ? 400 : 0;
}

}  // namespace

connection::connection(asio::ip::tcp::socket accepted, const session_settings& shared)
    : settings(shared),
      stream(beast::tcp_stream(std::move(accepted)), *settings.tls),
      buffer(header_limit + body_limit),
      number(++settings.all->connections.accepted) {
    ++settings.all->connections.open;
    beast::error_code ignored;
    tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

connection::~connection() {
    --settings.all->connections.open;
}

asio::awaitable<bool> handshake(connection& on) {
    on.tcp().expires_after(handshake_limit);
    const auto [error] = co_await on.stream.async_handshake(asio::ssl::stream_base::server, quietly);
    if (!error) {
        ++on.all().connections.handshakes;
        co_return true;
    }
    ++on.all().connections.failed_handshakes;
    co_await let_alert_arrive(on);
    co_return false;
}

void close_quietly(connection& on) {
    beast::error_code ignored;
    on.tcp().socket().shutdown(asio::socket_base::shutdown_both, ignored);
    on.tcp().close();
}

void reset(connection& on) {
    beast::error_code ignored;
    on.tcp().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    on.tcp().close();
}

asio::awaitable<void> close_properly(connection& on) {
    on.tcp().expires_after(goodbye_limit);
    co_await on.stream.async_shutdown(quietly);
    close_quietly(on);
}

asio::awaitable<bool> write(connection& on, const std::string& bytes) {
    on.tcp().expires_after(write_limit);
    const auto [error, written] = co_await asio::async_write(on.stream, asio::buffer(bytes), quietly);
    co_return !error;
}

asio::awaitable<void> outlast(connection& on) {
    std::array<char, 1024> scratch{};
    on.tcp().expires_never();
    for (;;) {
        const auto [error, read] = co_await on.stream.async_read_some(asio::buffer(scratch), quietly);
        if (error)
            co_return;
    }
}

asio::awaitable<std::optional<http_request>> read_request(connection& on) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(header_limit);
    parser.body_limit(body_limit);
    on.tcp().expires_after(idle_limit);
    const auto [error, read] = co_await http::async_read(on.stream, on.buffer, parser, quietly);
    if (!error)
        co_return parser.release();
    if (const auto status = status_for(error)) {
        const reply refusal = html_reply(status);
        const std::string bytes = head(refusal, refusal.body.size(), true) + refusal.body;
        co_await write(on, bytes);
    }
    co_await close_properly(on);
    co_return std::nullopt;
}

}  // namespace tunnelkeyd::simulator
