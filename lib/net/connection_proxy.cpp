#include "net/connection_streams.hpp"
#include "net/error_text.hpp"
#include "net/request_text.hpp"

#include <utility>

// How a connection goes through a forward proxy.

namespace tunnelkeyd::net {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

asio::awaitable<std::string> connection::reach(time_point deadline) {
    auto problem = co_await connect(deadline);
    if (!hop_.proxy)
        co_return problem;
    if (problem.empty())
        co_await pass_proxy(deadline);
    else
        proxy_failure_ = describe_silence(problem, hop_);
    if (!proxy_failure_.problem.empty())
        hindrance_ = core::hindrance::proxy;
    co_return proxy_failure_.text();
}

asio::awaitable<void> connection::pass_proxy(time_point deadline) {
    const auto began = steady_clock::now();
    if (examined_)
        examined_->ended_at = core::way::stage::proxy;
    auto request = make_connect_request(where_.url, hop_.authorization.reveal());
    connect_reply reply;
    auto problem = std::move(request.problem);
    if (problem.empty())
        problem = co_await ask(std::move(request.bytes), &reply, deadline);
    if (!problem.empty())
        proxy_failure_ = describe_silence(problem, hop_);
    else if (reply.status() / 100 != 2)
        proxy_failure_ = describe_refusal(reply, hop_, where_.url);
    if (examined_)
        examined_->proxy_took = std::chrono::floor<core::duration>(steady_clock::now() - began);
}

/// Why there was no whole reply; "" where there is one, be it a refusal.
asio::awaitable<std::string> connection::ask(wiping_string request, connect_reply* reply, time_point deadline) {
    auto& tcp = streams_->tcp;
    tcp.expires_at(deadline);
    const auto [not_sent, sent] = co_await streams_->write(asio::buffer(request));
    wiping_string().swap(request);
    if (not_sent)
        co_return "CONNECT could not be sent: " + error_text(not_sent);
    const auto why = [](const error_code& failure) {
        return failure == asio::error::eof ? "it closed the connection" : error_text(failure);
    };
    auto state = connect_reply::state::more;
    while (state == connect_reply::state::more) {
        const auto [failure, size] = co_await streams_->read_some(reply->prepare());
        if (failure)
            co_return (reply->bytes_read() == 0 ? "no reply to CONNECT: "
                                                : "its reply to CONNECT broke off: ") +
                why(failure);
        state = reply->commit(size);
    }
    co_return "";
}

}  // namespace tunnelkeyd::net
