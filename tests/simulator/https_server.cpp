#include "simulator/https_server.hpp"

#include "simulator/https_session.hpp"
#include "simulator/listen.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <openssl/ssl.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t most_connections = 20'000;

void require(bool good, const char* what) {
    if (!good)
        throw std::runtime_error(std::string("OpenSSL refuses ") + what);
}

void demand_client_certificate(asio::ssl::context& tls, const std::string& authority) {
    SSL_CTX* native = tls.native_handle();
    tls.add_certificate_authority(asio::buffer(authority));
    tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    constexpr std::string_view context = "tunnelkeyd-simulator";
    require(SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(context.data()),
                                           static_cast<unsigned>(context.size())) == 1,
            "a session context");
    require(SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) == 1, "TLS 1.3");
}

/// OpenSSL 3.0 still speaks TLS 1.1, at security level 0 only: its signatures are SHA-1.
void speak_only_tls_1_1(SSL_CTX* native) {
    require(SSL_CTX_set_cipher_list(native, "DEFAULT:@SECLEVEL=0") == 1, "security level 0");
    require(SSL_CTX_set_min_proto_version(native, TLS1_1_VERSION) == 1, "TLS 1.1");
    require(SSL_CTX_set_max_proto_version(native, TLS1_1_VERSION) == 1, "TLS 1.1");
}

std::shared_ptr<asio::ssl::context> make_tls(const listener& settings) {
    auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->use_certificate_chain(asio::buffer(settings.identity.certificate));
    tls->use_private_key(asio::buffer(settings.identity.key), asio::ssl::context::pem);
    if (settings.only_tls_1_1)
        speak_only_tls_1_1(tls->native_handle());
    if (!settings.client_authority.empty())
        demand_client_certificate(*tls, settings.client_authority);
    return tls;
}

asio::awaitable<void> accept_all(tcp::acceptor acceptor, session_settings settings) {
    for (;;) {
        auto [error, accepted] = co_await acceptor.async_accept(quietly);
        if (error == asio::error::operation_aborted)
            co_return;
        if (error) {  // out of file descriptors: some will be closed
            asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(50));
            co_await pause.async_wait(quietly);
            continue;
        }
        if (settings.all->connections.open < most_connections)
            asio::co_spawn(acceptor.get_executor(), serve_https(std::move(accepted), settings), asio::detached);
    }
}

}  // namespace

std::uint16_t listen_https(asio::io_context& loop, world& all, asio::steady_timer& gate,
                           const listener& settings) {
    auto acceptor = listen_on_loopback(loop, settings.port);
    acceptor.listen(asio::socket_base::max_listen_connections);
    const auto port = acceptor.local_endpoint().port();
    session_settings shared{&all, &gate, make_tls(settings), settings.serves};
    asio::co_spawn(loop, accept_all(std::move(acceptor), std::move(shared)), asio::detached);
    return port;
}

}  // namespace tunnelkeyd::simulator
