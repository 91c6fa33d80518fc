#include "net/https_cloud.hpp"
#include "support/client_fixture.hpp"

#include <poll.h>

#include <atomic>
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
        if (tls) {
            tls_.reset(SSL_CTX_new(TLS_server_method()));
            SSL_CTX_use_certificate(tls_.get(), identity_.certificate.get());
            SSL_CTX_use_PrivateKey(tls_.get(), identity_.key.get());
        }
        serving_ = std::thread([this] { serve(); });
    }
    ~closing_cloud() {
        listener_.stop();
        serving_.join();
    }
    closing_cloud(const closing_cloud&) = delete;
    closing_cloud& operator=(const closing_cloud&) = delete;

    [[nodiscard]] std::string url() const {
        return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(listener_.number());
    }
    /// Handshakes that resumed a session.
    [[nodiscard]] int resumed() const { return resumed_; }

private:
    void serve() {
        for (long moments = 0;;) {
            const int socket = listener_.accept();
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
    listening_port listener_;
    std::atomic<int> resumed_ = 0;
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
