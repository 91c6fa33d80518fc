#include "net/connection.hpp"

#include "core/proxy_url.hpp"
#include "net/error_text.hpp"
#include "net/name_lookup.hpp"
#include "net/reply_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
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

std::string text_of(const asio::ip::tcp::endpoint& to) {
    return to.address().to_string() + " port " + std::to_string(to.port());
}

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
    result.problem = std::move(problem);
    co_return result;
}

asio::awaitable<std::string> connection::connect(time_point deadline) {
    const auto& url = next_hop();
    error_code error;
    std::vector<asio::ip::address> addresses{asio::ip::make_address(url.host, error)};
    if (error) {
        auto unknown = co_await look_up(deadline, &addresses);
        if (!unknown.empty())
            co_return unknown;
    }
    if (examined_)
        examined_->ended_at = core::way::stage::connection;
    std::string problems;
    auto& tcp = streams_->tcp;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto now = steady_clock::now();
        if (aborted_ || now >= deadline)
            co_return problems + (problems.empty() ? "time ran out" : "; time ran out");
        // One silent address must not use up the time of those behind it.
        tcp.expires_at(now + (deadline - now) / (addresses.size() - i));
        const asio::ip::tcp::endpoint to(addresses[i], url.port);
        const auto [failure] = co_await tcp.async_connect(to, token);
        if (!failure) {
            // The request follows the last message of the handshake at once: Nagle's algorithm would hold it.
            tcp.socket().set_option(asio::ip::tcp::no_delay(true), error);
            if (examined_)
                examined_->connected_to = text_of(to);
            co_return "";
        }
        problems += problems.empty() ? "" : "; ";
        problems += "cannot connect to " + text_of(to) + ": " + error_text(failure);
        tcp.close();
    }
    co_return problems;
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
    auto verify = [this, name](bool verified, asio::ssl::verify_context& verification) {
        auto* const handle = verification.native_handle();
        if (!verified && certificate_failure_.problem.empty())
            certificate_failure_ = describe_failure(handle, name);
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
    co_return "TLS handshake: " +
        (certificate_failure_.problem.empty() ? error_text(failure) : certificate_failure_.text());
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
        result.problem = "the server refused the TLS handshake, perhaps for want of a client certificate: " +
                         error_text(failure);
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
    aborted_ = true;
    keeps_open_ = false;
    if (lookup_)
        lookup_->cancel();
    streams_->tcp.close();
}

}  // namespace tunnelkeyd::net
