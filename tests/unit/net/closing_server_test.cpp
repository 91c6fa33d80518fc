#include "net/https_cloud.hpp"
#include "support/client_fixture.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using core::reached;

namespace {

/// A cloud that closes idle connections at the worst moment: behind the answer to a GET after so many
/// microseconds as `moments` says, from 0 to 199 in turns, or at once when the next request can be read,
/// without reading it. That is how it looks when its timer and the request come together. What comes on a new
/// connection is answered.
class closing_cloud {
public:
    explicit closing_cloud(bool tls) {
        std::signal(SIGPIPE, SIG_IGN);
        if (tls) {
            tls_.reset(SSL_CTX_new(TLS_server_method()));
            SSL_CTX_use_certificate(tls_.get(), identity_.certificate.get());
            SSL_CTX_use_PrivateKey(tls_.get(), identity_.key.get());
        }
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        REQUIRE((::bind(listener_, generic, size) == 0 && ::listen(listener_, 64) == 0 &&
                 ::getsockname(listener_, generic, &size) == 0));
        url_ = (tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(ntohs(address.sin_port));
        serving_ = std::thread([this] { serve(); });
    }
    ~closing_cloud() {
        ::shutdown(listener_, SHUT_RDWR);
        serving_.join();
        ::close(listener_);
    }
    closing_cloud(const closing_cloud&) = delete;
    closing_cloud& operator=(const closing_cloud&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }
    /// Handshakes that resumed a session.
    [[nodiscard]] int resumed() const { return resumed_; }

private:
    void serve() {
        for (long moments = 0;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0)
                return;
            peer client(socket);
            if (tls_ && !client.accept(tls_.get()))
                continue;
            resumed_ += tls_ ? SSL_session_reused(client.tls()) : 0;
            const auto request = client.read_request();
            client.write(ok("{\"token\": \"abc\"}"));
            if (!request.starts_with("GET "))
                continue;
            pollfd next{socket, POLLIN, 0};
            const timespec idle{0, moments++ % 200 * 1'000};
            ::ppoll(&next, 1, &idle, nullptr);
        }
    }

    identity identity_ = make_identity({}, &test_authority());
    net::openssl_ptr<SSL_CTX, SSL_CTX_free> tls_;
    int listener_ = -1;
    std::atomic<int> resumed_ = 0;
    std::string url_;
    std::thread serving_;
};

/// Checks the API key and regenerates at once, so many times. Returns how many regenerates are unknown.
int lost_of(int tries, bool tls) {
    boost::asio::io_context loop;
    const temporary_file authority(test_authority().pem());
    const closing_cloud server(tls);
    core::cloud_settings settings;
    settings.url = *core::parse_base_url(server.url());
    settings.tls.ca_file = authority.path();
    settings.timeout = patient;
    const tests::fake_secrets no_secrets;
    net::https_cloud cloud(loop, no_secrets, settings);
    const core::secret key(hush);
    int lost = 0;
    int failed = 0;
    int ended = 0;
    const auto note = [&](const core::exchange& result) {
        lost += result.reached == reached::interrupted;
        failed += result.status != 200;
        ++ended;
    };
    const auto regenerate = [&](const core::exchange&) {
        cloud.regenerate({"org", "host"}, key, patient.request, note);
    };
    for (int i = 1; i <= tries; ++i) {
        cloud.read_organization({"org", "org", {}, {}}, key, regenerate);
        run_until(loop, [&] { return ended == i; });
    }
    CHECK(failed == lost);
    CHECK(server.resumed() == (tls ? 2 * tries - 1 : 0));
    return lost;
}

}  // namespace

TEST_CASE("a cloud that closes idle connections at the worst moment loses no regenerate in 10,000 tries") {
    CHECK(lost_of(10'000, false) == 0);
}

TEST_CASE("a cloud that closes idle TLS connections at the worst moment loses no regenerate either") {
    CHECK(lost_of(1'000, true) == 0);
}
