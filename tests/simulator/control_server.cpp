#include "simulator/control_server.hpp"

#include "simulator/control_calls.hpp"
#include "simulator/listen.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t body_limit = 1024 * 1024;

struct control {
    asio::io_context* loop = nullptr;
    world* all = nullptr;
    asio::steady_timer* gate = nullptr;
    bool ending = false;
};

request to_request(http::request<http::string_body>& message) {
    request asked;
    asked.method = {message.method_string().data(), message.method_string().size()};
    asked.target = {message.target().data(), message.target().size()};
    asked.body = std::move(message.body());
    return asked;
}

asio::awaitable<reply> wait(world& all, wait_order order) {
    asio::steady_timer timer(co_await asio::this_coro::executor, order.timeout);
    const auto ticket = all.requests.when(order.condition, [&timer] { timer.cancel(); });
    bool met = ticket == 0;
    if (!met) {
        const auto [error] = co_await timer.async_wait(quietly);
        met = error == asio::error::operation_aborted;
        all.requests.forget(ticket);
    }
    co_return met ? json_reply(200, "{}") : json_reply(408, R"({"error": "it did not happen in time"})");
}

asio::awaitable<void> serve(tcp::socket socket, std::shared_ptr<control> by) {
    const control_actions actions{[by] { by->gate->cancel(); }, [by] { by->ending = true; }};
    beast::flat_buffer buffer(header_limit + body_limit);
    for (;;) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(header_limit);
        parser.body_limit(body_limit);
        const auto [read_error, read] = co_await http::async_read(socket, buffer, parser, quietly);
        if (read_error)
            co_return;
        auto message = parser.release();
        auto outcome = answer_control(*by->all, actions, to_request(message));
        reply answer;
        if (auto* order = std::get_if<wait_order>(&outcome))
            answer = co_await wait(*by->all, std::move(*order));
        else
            answer = std::get<reply>(std::move(outcome));
        const std::string bytes = head(answer, answer.body.size(), !message.keep_alive()) + answer.body;
        const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(bytes), quietly);
        if (by->ending)
            by->loop->stop();
        if (write_error || !message.keep_alive())
            co_return;
    }
}

asio::awaitable<void> accept_all(tcp::acceptor acceptor, std::shared_ptr<control> by) {
    for (;;) {
        auto [error, accepted] = co_await acceptor.async_accept(quietly);
        if (error == asio::error::operation_aborted)
            co_return;
        if (error) {
            asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(50));
            co_await pause.async_wait(quietly);
            continue;
        }
        accepted.set_option(tcp::no_delay(true), error);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(accepted), by), asio::detached);
    }
}

}  // namespace

std::uint16_t listen_control(asio::io_context& loop, world& all, asio::steady_timer& gate, std::uint16_t port) {
    auto acceptor = listen_on_loopback(loop, port);
    const auto bound = acceptor.local_endpoint().port();
    auto by = std::make_shared<control>(control{&loop, &all, &gate});
    asio::co_spawn(loop, accept_all(std::move(acceptor), std::move(by)), asio::detached);
    return bound;
}

}  // namespace tunnelkeyd::simulator
