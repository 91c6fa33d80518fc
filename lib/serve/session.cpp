#include "serve/session.hpp"

#include "serve/pages.hpp"
#include "serve/refusals.hpp"
#include "serve/rendering.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

/// How long, and for how much, a connection that is over is read from. To close with bytes unread would reset
/// it, and the client could lose the answer.
constexpr core::duration linger_limit{2'000};
constexpr std::size_t linger_bytes = 256 * 1024;

class session final : public connection_list::member {
public:
    session(std::shared_ptr<server_state> of, asio::ip::tcp::socket accepted)
        : all(std::move(of)),
          stream(std::move(accepted)),
          buffer(std::max<std::size_t>(all->limits.header, 256) + 4096) {
        all->connections.add(*this);
    }
    ~session() override { all->connections.remove(*this); }

    void close() override {
        stream.close();
        if (waits_for)
            waits_for->wake.cancel();
    }

    const std::shared_ptr<server_state> all;
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    std::shared_ptr<rendering> waits_for;
};

/// What a client asked for. With `refusal`, or where `over`, it is the last thing on the connection.
struct request {
    bool over = false;  ///< no request came
    bool keep_alive = false;
    bool head_only = false;
    std::string target;
    std::optional<answer> refusal;
};

/// Counts as an answer being made or sent, of those that have a limit.
class answering_slot {
public:
    answering_slot(server_state& all, page what) {
        if (what == page::status || what == page::metrics)
            take(all.large_answers, all.limits.large_answers);
        else if (what == page::health || what == page::tunnel_health)
            take(all.health_answers, all.limits.health_answers);
    }
    ~answering_slot() {
        if (used_ != nullptr)
            --*used_;
    }
    answering_slot(const answering_slot&) = delete;
    answering_slot& operator=(const answering_slot&) = delete;

    [[nodiscard]] bool is_taken() const noexcept { return taken_; }

private:
    void take(std::size_t& used, std::size_t most) {
        taken_ = used < most;
        if (taken_)
            ++*(used_ = &used);
    }

    std::size_t* used_ = nullptr;
    bool taken_ = true;
};

request refused(answer with) {
    request refusal;
    refusal.refusal = std::move(with);
    return refusal;
}

request unreadable(const error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return refused(header_too_large());
    static const auto& of_http = http::make_error_code(http::error::bad_method).category();
    if (error.category() == of_http && error != http::error::end_of_stream &&
        error != http::error::partial_message)
        return refused(bad_request(error.message()));
    request none;
    none.over = true;
    return none;
}

request understand(const http::request_parser<http::empty_body>& parser) {
    const auto& message = parser.get();
    request asked;
    asked.keep_alive = parser.keep_alive();
    asked.head_only = message.method() == http::verb::head;
    asked.target = std::string(message.target());
    const bool has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
    // A body is never read, so it cannot be told from a request behind it.
    asked.keep_alive = asked.keep_alive && !has_body;
    if (!asked.head_only && message.method() != http::verb::get)
        asked.refusal = method_not_allowed(std::string(message.method_string()));
    else if (has_body)
        asked.refusal = body_not_allowed();
    return asked;
}

/// Waits for the first byte of a request. False: none came.
asio::awaitable<bool> await_request(session& on) {
    on.all->connections.mark_idle(on);
    if (on.buffer.size() > 0)  // pipelined, in whole or in part
        co_return true;
    on.stream.expires_after(on.all->limits.idle);
    const auto room = on.buffer.prepare(512);
    const auto [error, size] = co_await on.stream.async_read_some(room, quietly);
    on.buffer.commit(size);
    co_return !error;
}

asio::awaitable<request> read_request(session& on) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(on.all->limits.header));
    parser.body_limit(boost::none);
    on.stream.expires_after(on.all->limits.request);
    const auto [error, size] = co_await http::async_read_header(on.stream, on.buffer, parser, quietly);
    // Only now: whoever sends slowly makes room for others, as whoever sends nothing does.
    on.all->connections.mark_busy(on);
    if (error)
        co_return unreadable(error);
    // The parser's own limit leaves the first line out.
    co_return size > on.all->limits.header ? refused(header_too_large()) : understand(parser);
}

/// Nothing: it has to do with the server's state, and so is rendered.
std::optional<answer> answer_at_once(const request& asked, const route& to, const answering_slot& slot) {
    if (asked.refusal)
        return *asked.refusal;
    if (to.what == page::live)
        return answer{200, plain_text, "ok\n"};
    if (to.what == page::none)
        return not_found(to.path);
    if (!slot.is_taken())
        return busy();
    return std::nullopt;
}

asio::awaitable<answer> render(session& on, route to) {
    on.waits_for = begin_rendering(on.all, std::move(to));
    const auto job = on.waits_for;
    if (!job->made && !on.all->stopped)
        co_await job->wake.async_wait(quietly);
    on.waits_for.reset();
    job->abandoned = true;
    co_return job->made ? std::move(*job->made) : late();
}

/// False: it was not sent whole.
asio::awaitable<bool> send(session& on, answer given, bool keep_alive, bool head_only) {
    const auto head = head_of(given, keep_alive);
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(head),
                                                  head_only ? asio::const_buffer() : asio::buffer(given.body)};
    on.stream.expires_after(on.all->limits.answer);
    // Whoever does not read is reset when the time is over: else the kernel would keep megabytes for it, and
    // trickle them out for as long as it likes.
    error_code ignored;
    on.stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    const auto [error, size] = co_await asio::async_write(on.stream, bytes, quietly);
    if (!error)
        on.stream.socket().set_option(asio::socket_base::linger(false, 0), ignored);
    co_return !error;
}

/// Returns whether the connection stays open.
asio::awaitable<bool> answer_request(session& on, request asked) {
    // What was under way when the server ended may have come to a good end; nothing new begins.
    if (on.all->stopped)
        co_return false;
    auto to = route_of(asked.target);
    const answering_slot slot(*on.all, to.what);
    auto given = answer_at_once(asked, to, slot);
    if (!given)
        given = co_await render(on, std::move(to));
    const bool sent = co_await send(on, std::move(*given), asked.keep_alive, asked.head_only);
    if (!sent)
        co_return false;
    co_return asked.keep_alive;
}

/// Says that no more comes, and waits until the client has said so too.
asio::awaitable<void> close_properly(session& on) {
    error_code ignored;
    on.stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    on.all->connections.mark_idle(on);
    on.stream.expires_after(std::min(linger_limit, on.all->limits.request));
    std::array<char, 4096> rest{};
    for (std::size_t total = 0; total < linger_bytes;) {
        const auto room = asio::buffer(rest);
        const auto [error, size] = co_await on.stream.async_read_some(room, quietly);
        if (error)
            co_return;
        total += size;
    }
}

asio::awaitable<void> serve(std::shared_ptr<session> on) {
    while (co_await await_request(*on)) {
        auto asked = co_await read_request(*on);
        if (asked.over)
            co_return;
        if (!co_await answer_request(*on, std::move(asked)))
            break;
    }
    co_await close_properly(*on);
}

}  // namespace

void start_session(std::shared_ptr<server_state> all, asio::ip::tcp::socket accepted) {
    error_code ignored;
    accepted.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto& loop = all->loop;
    auto made = std::make_shared<session>(std::move(all), std::move(accepted));
    // An exception (there is no memory) ends the connection, and no more.
    asio::co_spawn(loop, serve(std::move(made)), asio::detached);
}

}  // namespace tunnelkeyd::serve
