#include "net/certificate_text.hpp"
#include "net/connection_streams.hpp"
#include "net/error_text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>

#include <algorithm>

// How a connection comes to TLS, and what it says where it does not.

namespace tunnelkeyd::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr core::duration time_to_object = std::chrono::seconds(2);

}  // namespace

asio::awaitable<std::string> connection::shake_hands(time_point deadline) {
    const auto& name = where_.tls.server_name.empty() ? where_.url.host : where_.tls.server_name;
    auto& tls = streams_->tls.emplace(streams_->tcp, *peer_.context);
    if (!expect_peer(tls.native_handle(), name)) {
        tls_failure_ = {name + " is not a name that a certificate can have",
                        "correct tls.server_name, or the URL"};
        co_return "TLS handshake: " + tls_failure_.text();
    }
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
    const auto [failure] = co_await tls.async_handshake(asio::ssl::stream_base::client, streams::token);
    if (examined_ && !failure)
        note_tls(tls.native_handle());
    if (!failure)
        co_return "";
    if (failure == beast::error::timeout)
        co_return "TLS handshake: " + error_text(failure);
    hindrance_ = core::hindrance::tls;
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

}  // namespace tunnelkeyd::net
