#include "net/connection.hpp"

#include "core/proxy_url.hpp"
#include "net/connection_streams.hpp"
#include "net/error_text.hpp"
#include "net/tls_peer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tunnelkeyd::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr core::duration last_words = std::chrono::seconds(1);

}  // namespace

asio::awaitable<std::tuple<error_code, std::size_t>> connection::streams::read_some(asio::mutable_buffer into) {
    if (tls)
        co_return co_await tls->async_read_some(into, token);
    co_return co_await tcp.async_read_some(into, token);
}

asio::awaitable<std::tuple<error_code, std::size_t>> connection::streams::write(asio::const_buffer from) {
    if (tls)
        co_return co_await asio::async_write(*tls, from, token);
    co_return co_await asio::async_write(tcp, from, token);
}

/// Until the reply is complete or has failed, which its reader knows, or the connection has.
asio::awaitable<error_code> connection::streams::read(reply_reader* reply) {
    auto state = reply_reader::state::more;
    while (state == reply_reader::state::more) {
        const auto [error, size] = co_await read_some(reply->prepare());
        if (error == asio::error::eof && reply->end() == reply_reader::state::complete)
            break;
        if (error)
            co_return error;
        state = reply->commit(size);
    }
    co_return error_code();
}

connection::connection(asio::io_context& loop, endpoint where, std::string name_servers)
    : loop_(loop),
      streams_(std::make_unique<streams>(loop)),
      where_(std::move(where)),
      name_servers_(std::move(name_servers)) {
}

connection::~connection() = default;

asio::awaitable<core::exchange> connection::open(std::shared_ptr<asio::ssl::context> context,
                                                 std::shared_ptr<tls_sessions> sessions, core::duration limit) {
    const auto deadline = steady_clock::now() + limit;
    peer_ = {std::move(sessions), std::move(context), ""};
    auto problem = co_await reach(deadline);
    if (problem.empty() && where_.url.is_https())
        problem = co_await shake_hands(deadline);
    if (streams_->tls && hop_.proxy && !problem.empty())
        problem += " (through the proxy " + core::proxy_text(*hop_.proxy) + ")";
    core::exchange result;
    result.timed_out = !problem.empty() && steady_clock::now() >= deadline;
    if (result.timed_out)
        problem = "no connection within " + core::to_string(limit) + ": " + problem;
    if (client_refused_)
        result.reached = core::reached::alert;
    result.hindrance = hindrance_;
    result.problem = std::move(problem);
    co_return result;
}

asio::awaitable<std::string> connection::connect(time_point deadline) {
    dial_ = std::make_unique<dial>(loop_, next_hop().host, next_hop().port, name_servers_);
    auto found = co_await dial_->run(deadline);
    dial_.reset();
    if (examined_)
        note_dial(found);
    if (found.connected) {
        auto& socket = streams_->tcp.socket();
        socket = std::move(*found.connected);
        // The request follows the last message of the handshake at once: Nagle's algorithm would hold it.
        error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    hindrance_ = found.has_addresses ? core::hindrance::connection : core::hindrance::name;
    co_return std::move(found.problem);
}

asio::awaitable<core::exchange> connection::exchange(wiping_string request, core::duration limit) {
    const bool first = !std::exchange(used_, true);
    keeps_open_ = false;
    auto& tcp = streams_->tcp;
    const auto written_before = tcp.rate_policy().written();
    tcp.expires_after(limit);
    const auto [not_sent, sent] = co_await streams_->write(asio::buffer(request));
    wiping_string().swap(request);

    // Whoever does not want the request may have answered and closed before it was sent whole: then the answer
    // is on its way. Otherwise there will be none.
    reply_reader reply;
    error_code failure = not_sent;
    if (not_sent)
        tcp.expires_after(std::min(limit, last_words));
    if (not_sent != beast::error::timeout)
        failure = co_await streams_->read(&reply);
    if (not_sent && failure == beast::error::timeout)
        failure = not_sent;
    const bool left = tcp.rate_policy().written() != written_before;

    core::exchange result;
    if (left && !failure && reply.problem().empty()) {
        result.reached = core::reached::reply;
        reply.take(result);
        keeps_open_ = !not_sent && reply.keeps_connection();
        co_return result;
    }
    const bool refused = first && reply.bytes_read() == 0 && refuses_handshake(failure);
    result.reached = !left     ? core::reached::nothing
                     : refused ? core::reached::alert
                               : core::reached::interrupted;
    result.hindrance = refused ? core::hindrance::tls : core::hindrance::connection;
    result.timed_out = failure == beast::error::timeout;
    if (result.timed_out)
        result.problem = "no whole reply within " + core::to_string(limit);
    else if (!left)
        result.problem = "the connection was gone before the request was sent: " + error_text(failure);
    else if (refused)
        result.problem = refused_client(failure, client_).text();
    else if (reply.bytes_read() == 0)
        result.problem = "no reply: " + error_text(failure);
    else if (!reply.problem().empty())
        result.problem = "not a whole reply: " + reply.problem();
    else
        result.problem = "the reply broke off: " + error_text(failure);
    co_return result;
}

bool connection::is_reusable() const {
    if (!keeps_open_)
        return false;
    if (streams_->tls) {
        auto* tls = streams_->tls->native_handle();
        if (SSL_has_pending(tls) == 1 || BIO_ctrl_pending(SSL_get_rbio(tls)) > 0)
            return false;
    }
    char byte = 0;
    const auto size = ::recv(streams_->tcp.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::close() {
    keeps_open_ = false;
    auto& tcp = streams_->tcp;
    if (streams_->tls) {
        // The alert is handed to the kernel inside this call; what would follow, reading the other side's,
        // fails.
        tcp.expires_never();
        streams_->tls->async_shutdown([self = shared_from_this()](const error_code&) {});
    }
    tcp.close();
}

void connection::abort() {
    keeps_open_ = false;
    if (dial_)
        dial_->cancel();
    streams_->tcp.close();
}

}  // namespace tunnelkeyd::net
