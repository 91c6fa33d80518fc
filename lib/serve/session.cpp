#include "serve/session.hpp"

#include "serve/answering_slot.hpp"
#include "serve/control_calls.hpp"
#include "serve/peer.hpp"
#include "serve/refusals.hpp"
#include "serve/rendering.hpp"
#include "serve/request.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <chrono>

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
    session(std::shared_ptr<server_state> of, stream_socket accepted)
        : all(std::move(of)),
          who(all->control ? peer_at(accepted.native_handle(), all->control->socket) : peer()),
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
    const peer who;  ///< at a control socket
    beast::basic_stream<asio::generic::stream_protocol> stream;
    beast::flat_buffer buffer;
    std::shared_ptr<pending_answer> waits_for;
};

using request_parser = http::request_parser<http::string_body>;

request unreadable(const error_code& error, const server_limits& limits) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return refused(header_too_large());
    if (error == http::error::body_limit)
        return refused(body_too_large(limits.body));
    static const auto& of_http = http::make_error_code(http::error::bad_method).category();
    if (error.category() == of_http && error != http::error::end_of_stream &&
        error != http::error::partial_message)
        return refused(bad_request(error.message()));
    request none;
    none.over = true;
    return none;
}

request_head head_of(const request_parser& parser) {
    const auto& message = parser.get();
    request_head head;
    head.method = std::string(message.method_string());
    head.target = std::string(message.target());
    head.keep_alive = parser.keep_alive();
    head.length = parser.content_length().value_or(0);
    head.has_body = parser.chunked() || head.length > 0;
    return head;
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
    const auto& limits = on.all->limits;
    request_parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header));
    parser.body_limit(boost::none);
    on.stream.expires_after(limits.request);
    const auto [error, size] = co_await http::async_read_header(on.stream, on.buffer, parser, quietly);
    if (error)
        co_return unreadable(error, limits);
    // The parser's own limit leaves the first line out.
    if (size > limits.header)
        co_return refused(header_too_large());
    auto asked = understand(head_of(parser), *on.all, on.who);
    if (asked.denied && !on.all->stopped) {
        auto& control = *on.all->control;
        control.refused.note(on.who.user, name_of(on.who, control.socket), asked.to.path,
                             std::chrono::steady_clock::now());
    }
    if (!asked.body_follows)
        co_return asked;
    parser.body_limit(limits.body);
    const auto [failure, more] = co_await http::async_read(on.stream, on.buffer, parser, quietly);
    if (failure)
        co_return unreadable(failure, limits);
    asked.body = std::move(parser.get().body());
    co_return asked;
}

/// Nothing: it did not come in time.
asio::awaitable<std::optional<answer>> wait_for(session& on, std::shared_ptr<pending_answer> job) {
    on.waits_for = job;
    if (!job->made && !on.all->stopped)
        co_await job->wake.async_wait(quietly);
    on.waits_for.reset();
    co_return std::move(job->made);
}

asio::awaitable<answer> page_of(session& on, route to) {
    if (to.what == page::live)
        co_return answer{200, plain_text, "ok\n"};
    if (to.what == page::none)
        co_return not_found(to.path, false);
    const auto job = begin_rendering(on.all, std::move(to));
    auto made = co_await wait_for(on, job);
    job->abandoned = true;
    co_return made ? std::move(*made) : late();
}

asio::awaitable<answer> result_of(session& on, call_target to, std::string body) {
    auto read = read_order(to, body);
    if (auto* wrong = std::get_if<answer>(&read))
        co_return std::move(*wrong);
    const auto job = begin_call(on.all, std::get<order>(read), name_of(on.who, on.all->control->socket));
    auto made = co_await wait_for(on, job);
    co_return made ? std::move(*made) : operation_late();
}

/// False: it was not sent whole.
asio::awaitable<bool> send(session& on, answer given, bool keep_alive, bool head_only) {
    const auto head = head_of(given, keep_alive);
    const auto content = given.content();
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(head),
                                                  head_only ? asio::const_buffer() : asio::buffer(content)};
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
    const answering_slot slot(*on.all, asked);
    answer given;
    if (asked.refusal)
        given = std::move(*asked.refusal);
    else if (!slot.is_taken())
        given = busy();
    else if (asked.call)
        given = co_await result_of(on, std::move(*asked.call), std::move(asked.body));
    else
        given = co_await page_of(on, std::move(asked.to));
    const bool sent = co_await send(on, std::move(given), asked.keep_alive, asked.head_only);
    if (!sent)
        co_return false;
    co_return asked.keep_alive;
}

/// Says that no more comes, and waits until the client has said so too.
asio::awaitable<void> close_properly(session& on) {
    error_code ignored;
    on.stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
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
        // Only now: whoever sends slowly makes room for others, as whoever sends nothing does.
        on->all->connections.mark_busy(*on);
        if (asked.over)
            co_return;
        if (!co_await answer_request(*on, std::move(asked)))
            break;
    }
    co_await close_properly(*on);
}

}  // namespace

void start_session(std::shared_ptr<server_state> all, stream_socket accepted) {
    error_code ignored;  // Unix sockets do not know it
    accepted.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto& loop = all->loop;
    auto made = std::make_shared<session>(std::move(all), std::move(accepted));
    // An exception (there is no memory) ends the connection, and no more.
    asio::co_spawn(loop, serve(std::move(made)), asio::detached);
}

}  // namespace tunnelkeyd::serve
