#include "simulator/https_session.hpp"

#include "simulator/staging.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using http_request = http::request<http::string_body>;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t body_limit = 64 * 1024;
constexpr std::size_t huge_body = 100 * 1024 * 1024;
constexpr auto handshake_limit = std::chrono::seconds(30);
constexpr auto idle_limit = std::chrono::minutes(10);
constexpr auto write_limit = std::chrono::minutes(2);
constexpr auto goodbye_limit = std::chrono::seconds(2);

struct connection {
    connection(asio::ip::tcp::socket accepted, const session_settings& settings_)
        : settings(settings_),
          stream(beast::tcp_stream(std::move(accepted)), *settings.tls),
          number(++settings.all->connections.accepted) {
        ++settings.all->connections.open;
    }
    ~connection() { --settings.all->connections.open; }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    [[nodiscard]] beast::tcp_stream& tcp() { return stream.next_layer(); }
    [[nodiscard]] world& all() const { return *settings.all; }

    session_settings settings;
    asio::ssl::stream<beast::tcp_stream> stream;
    beast::flat_buffer buffer{header_limit + body_limit};
    std::uint64_t number;
    bool first = true;
};

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

/// Waits until the client closes, for as long as that takes.
asio::awaitable<void> outlast(connection& on) {
    std::array<char, 1024> scratch{};
    on.tcp().expires_never();
    for (;;) {
        const auto [error, read] = co_await on.stream.async_read_some(asio::buffer(scratch), quietly);
        if (error)
            co_return;
    }
}

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

/// The next request; nothing when the connection is at its end, and then it has been closed.
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

std::string text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

request to_request(http_request& message) {
    request asked;
    asked.method = text_of(message.method_string());
    asked.target = text_of(message.target());
    asked.host = text_of(message[http::field::host]);
    asked.authorization = text_of(message[http::field::authorization]);
    asked.atlassian_token = text_of(message["X-Atlassian-Token"]);
    asked.expect = text_of(message[http::field::expect]);
    asked.content_length = text_of(message[http::field::content_length]);
    asked.body = std::move(message.body());
    return asked;
}

request_record record_of(connection& on, const request& asked, const route& to,
                         const std::optional<fault>& met) {
    request_record record;
    record.at = on.all().now();
    record.to = to;
    record.method = asked.method;
    record.target = asked.target;
    record.host = asked.host;
    record.authorization = !asked.authorization.empty();
    record.content_length = asked.content_length;
    record.expect = asked.expect;
    record.atlassian_token = asked.atlassian_token;
    record.fault = met ? to_string(met->kind) : "";
    record.connection = on.number;
    record.first_on_connection = std::exchange(on.first, false);
    return record;
}

side side_of(const connection& on, const request& asked) {
    if (on.settings.serves)
        return *on.settings.serves;
    return asked.target.starts_with("/admin/") ? side::cloud : side::instance;
}

asio::awaitable<void> apply_later(world& all, request asked, route to, core::duration delay) {
    asio::steady_timer timer(co_await asio::this_coro::executor, delay);
    co_await timer.async_wait(quietly);
    all.perform(to, asked);
}

asio::awaitable<bool> write_huge(connection& on, const reply& answer) {
    const std::string beginning = head(answer, huge_body, true);
    bool good = co_await write(on, beginning);
    const std::string piece(64 * 1024, 'x');
    for (std::size_t sent = 0; good && sent < huge_body; sent += piece.size())
        good = co_await write(on, piece);
    co_return good;
}

asio::awaitable<void> write_half(connection& on, const reply& answer) {
    const std::size_t promised = answer.body.empty() ? 64 : answer.body.size();
    const std::string bytes = head(answer, promised, false) + answer.body.substr(0, answer.body.size() / 2);
    co_await write(on, bytes);
}

/// Returns whether a whole reply was sent.
asio::awaitable<bool> deliver(connection& on, const staging& play, const reply& answer, bool announce_close) {
    switch (play.deliver) {
    case staging::delivery::whole: {
        if (!play.interim.empty())
            co_await write(on, play.interim);
        const std::string bytes = head(answer, answer.body.size(), announce_close) + answer.body;
        co_return co_await write(on, bytes);
    }
    case staging::delivery::half:
        co_await write_half(on, answer);
        co_return false;
    case staging::delivery::huge:
        co_return co_await write_huge(on, answer);
    case staging::delivery::never:
        co_await outlast(on);
        co_return false;
    case staging::delivery::nothing:
        co_return false;
    }
    co_return false;
}

/// Answers one request. Returns whether the connection stays open.
asio::awaitable<bool> answer_one(connection& on, http_request message) {
    const request asked = to_request(message);
    const route to = on.all().route_of(side_of(on, asked), asked);
    const auto met = on.all().faults.pick(to.what, to.tunnel, on.all().uniform);
    const auto number = on.all().requests.arrived(record_of(on, asked, to, met));
    staging play = met ? stage(*met) : staging();

    if (play.hold_before)
        co_await on.settings.gate->async_wait(quietly);
    reply answer;
    if (play.apply)
        answer = on.all().perform(to, asked);
    if (play.apply_after)
        asio::co_spawn(on.stream.get_executor(), apply_later(on.all(), asked, to, *play.apply_after),
                       asio::detached);
    if (play.hold_after)
        co_await on.settings.gate->async_wait(quietly);
    if (play.instead)
        answer = std::move(*play.instead);

    const bool keep = message.keep_alive();
    const bool announce_close = !keep || play.end == staging::ending::quiet_close;
    if (co_await deliver(on, play, answer, announce_close))
        on.all().requests.answered(number, to, answer.status);
    switch (play.end) {
    case staging::ending::as_asked:
        if (keep)
            co_return true;
        [[fallthrough]];
    case staging::ending::close:
        co_await close_properly(on);
        break;
    case staging::ending::quiet_close:
        close_quietly(on);
        break;
    case staging::ending::reset:
        reset(on);
        break;
    }
    co_return false;
}

}  // namespace

asio::awaitable<void> serve_https(asio::ip::tcp::socket accepted, session_settings settings) {
    connection on(std::move(accepted), settings);
    beast::error_code ignored;
    on.tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    on.tcp().expires_after(handshake_limit);
    const auto [error] = co_await on.stream.async_handshake(asio::ssl::stream_base::server, quietly);
    if (error) {
        ++on.all().connections.failed_handshakes;
        co_await let_alert_arrive(on);
        co_return;
    }
    ++on.all().connections.handshakes;
    for (;;) {
        auto message = co_await read_request(on);
        if (!message)
            co_return;
        if (!co_await answer_one(on, std::move(*message)))
            co_return;
    }
}

}  // namespace tunnelkeyd::simulator
