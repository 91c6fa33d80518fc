#include "net/connection.hpp"

#include "core/proxy_url.hpp"
#include "net/certificate_text.hpp"
#include "net/dial.hpp"
#include "net/error_text.hpp"
#include "net/reply_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

namespace tunnelkeyd::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr core::duration last_words = std::chrono::seconds(1);
constexpr core::duration time_to_object = std::chrono::seconds(2);

/// Limits nothing and counts what was handed to the kernel, which is what can have left.
class counting_policy {
public:
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
    friend class beast::rate_policy_access;

    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    [[nodiscard]] std::size_t available_read_bytes() const noexcept { return unlimited; }
    [[nodiscard]] std::size_t available_write_bytes() const noexcept { return unlimited; }
    void transfer_read_bytes(std::size_t) const noexcept {}
    void transfer_write_bytes(std::size_t size) noexcept { written_ += size; }
    void on_timer() const noexcept {}

    std::uint64_t written_ = 0;
};

using tcp_stream = beast::basic_stream<asio::ip::tcp, asio::io_context::executor_type, counting_policy>;
using tls_stream = asio::ssl::stream<tcp_stream&>;

}  // namespace

struct connection::streams {
    explicit streams(asio::io_context& loop) : tcp(loop.get_executor()) {}

    asio::awaitable<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) {
        if (tls)
            co_return co_await tls->async_read_some(into, token);
        co_return co_await tcp.async_read_some(into, token);
    }
    asio::awaitable<std::tuple<error_code, std::size_t>> write(asio::const_buffer from) {
        if (tls)
            co_return co_await asio::async_write(*tls, from, token);
        co_return co_await asio::async_write(tcp, from, token);
    }

    /// `reply` outlives it.
    asio::awaitable<error_code> read(reply_reader* reply);

    tcp_stream tcp;
    std::optional<tls_stream> tls;
};

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
    co_return std::move(found.problem);
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

asio::awaitable<std::string> connection::shake_hands(time_point deadline) {
    const auto& name = where_.tls.server_name.empty() ? where_.url.host : where_.tls.server_name;
    auto& tls = streams_->tls.emplace(streams_->tcp, *peer_.context);
    if (!expect_peer(tls.native_handle(), name))
        co_return "TLS handshake: " + name + " is not a name that a certificate can have";
    peer_.name = name + "\n" + where_.url.authority() + "\n" + (hop_.proxy ? hop_.proxy->authority() : "");
    tls_sessions::attach(tls.native_handle(), peer_);
    watch_client_authentication(tls.native_handle(), client_);
    auto verify = [this, name](bool verified, asio::ssl::verify_context& verification) {
        auto* const handle = verification.native_handle();
        if (!verified && tls_failure_.problem.empty())
            tls_failure_ = refused_server(handle, name);
        if (examined_ && examined_->chain.empty())
            examined_->chain = describe_chain(X509_STORE_CTX_get0_untrusted(handle));
        return verified;
    };
    tls.set_verify_callback(std::move(verify));
    streams_->tcp.expires_at(deadline);
    const auto [failure] = co_await tls.async_handshake(asio::ssl::stream_base::client, token);
    if (examined_ && !failure)
        note_tls(tls.native_handle());
    if (!failure)
        co_return "";
    if (failure == beast::error::timeout)
        co_return "TLS handshake: " + error_text(failure);
    client_refused_ = client_.asked && refuses_handshake(failure);
    if (tls_failure_.problem.empty())
        tls_failure_ = broken_handshake(failure, client_, where_.tls);
    co_return "TLS handshake: " + tls_failure_.text();
}

/// Under TLS 1.3 a server looks at the client's certificate when the client has already ended its handshake
/// (RFC 8446, section 4.4.2.4). An objection comes then; else most servers offer a session at once.
asio::awaitable<void> connection::hear_objection(time_point deadline) {
    if (!client_.asked || SSL_version(streams_->tls->native_handle()) < TLS1_3_VERSION)
        co_return;
    // Without closing the socket, as the stream's own limit would.
    streams_->tcp.expires_never();
    asio::steady_timer patience(loop_, std::min(deadline, steady_clock::now() + time_to_object));
    patience.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error)
            self->streams_->tcp.cancel();
    });
    peer_.offered = [this] {
        asio::post(loop_, [self = shared_from_this()] { self->streams_->tcp.cancel(); });
    };
    char byte = 0;
    const auto [heard, size] = co_await streams_->read_some(asio::buffer(&byte, 1));
    peer_.offered = nullptr;
    if (heard && heard != asio::error::operation_aborted)
        tls_failure_ = refuses_handshake(heard) ? refused_client(heard, client_)
                                                : broken_handshake(heard, client_, where_.tls);
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
