#include "serve/accept.hpp"

#include "serve/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr core::duration breath{100};

/// False: there is no memory for it.
bool take(const std::shared_ptr<server_state>& all, stream_socket accepted) {
    if (!all->connections.make_room())
        return true;  // closed with `accepted`
    try {
        start_session(all, std::move(accepted));
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

asio::awaitable<void> accept_all(std::shared_ptr<server_state> all) {
    for (;;) {
        // Without descriptors accept() fails at once, even where nobody waits.
        co_await all->acceptor.async_wait(asio::socket_base::wait_read, quietly);
        if (all->stopped)
            co_return;
        auto [error, accepted] = co_await all->acceptor.async_accept(quietly);
        if (all->stopped)
            co_return;
        if (!error && take(all, std::move(accepted)))
            continue;
        // Out of descriptors or memory. Somebody still waits, so that the next attempt would fail at once.
        all->connections.close_longest_idle();
        all->pause.expires_after(breath);
        co_await all->pause.async_wait(quietly);
        if (all->stopped)
            co_return;
    }
}

}  // namespace

void begin_accepting(std::shared_ptr<server_state> all) {
    auto& loop = all->loop;
    asio::co_spawn(loop, accept_all(std::move(all)), asio::detached);
}

}  // namespace tunnelkeyd::serve
