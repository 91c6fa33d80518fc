#include "net/connection.hpp"
#include "net/request_text.hpp"

#include <utility>

// How a connection goes through a forward proxy.

namespace tunnelkeyd::net {

namespace asio = boost::asio;
using std::chrono::steady_clock;

asio::awaitable<std::string> connection::reach(time_point deadline) {
    auto problem = co_await connect(deadline);
    if (!hop_.proxy)
        co_return problem;
    if (problem.empty())
        co_await pass_proxy(deadline);
    else
        proxy_failure_ = describe_silence(problem, hop_);
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

}  // namespace tunnelkeyd::net
