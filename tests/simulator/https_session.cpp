#include "simulator/https_session.hpp"

#include "simulator/https_connection.hpp"
#include "simulator/staging.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t huge_body = 100 * 1024 * 1024;

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

asio::awaitable<void> wait_for(core::duration length) {
    asio::steady_timer timer(co_await asio::this_coro::executor, length);
    co_await timer.async_wait(quietly);
}

asio::awaitable<void> apply_later(world& all, request asked, route to, core::duration delay) {
    co_await wait_for(delay);
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

    if (play.wait > core::duration::zero())
        co_await wait_for(play.wait);
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
    if (!co_await handshake(on))
        co_return;
    for (;;) {
        auto message = co_await read_request(on);
        if (!message)
            co_return;
        if (!co_await answer_one(on, std::move(*message)))
            co_return;
    }
}

}  // namespace tunnelkeyd::simulator
