#include "serve/health_server.hpp"

#include "serve/listen.hpp"
#include "serve/server_state.hpp"
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
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr core::duration breath{100};

/// False: there is no memory for it.
bool take(const std::shared_ptr<server_state>& all, tcp::socket accepted) {
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
        co_await all->acceptor.async_wait(tcp::acceptor::wait_read, quietly);
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

health_server::health_server(asio::io_context& loop, const core::listen_address& where, look look_at,
                             const metrics_registry& metrics, server_limits limits)
    : state_(
          std::make_shared<server_state>(loop, listen_at(loop, where), std::move(look_at), metrics, limits)) {
    asio::co_spawn(loop, accept_all(state_), asio::detached);
}

health_server::~health_server() {
    state_->stop();
}

std::string health_server::address() const {
    return text_of(state_->acceptor.local_endpoint());
}

}  // namespace tunnelkeyd::serve
