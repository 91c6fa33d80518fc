#include "support/client_fixture.hpp"

#include <atomic>
#include <filesystem>
#include <mutex>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;
using stage = core::way::stage;

// A server that asks for the client's certificate; client_identity_test.cpp has what may be wrong with the
// files.

namespace {

constexpr long day = 24 * 3600;

/// A certificate and its key in files, as an administrator puts them there.
struct client_pair {
    explicit client_pair(const identity& of) { put(of); }
    void put(const identity& of) const {
        certificate.write(of.pem());
        key.write(of.key_pem());
        std::filesystem::permissions(key.path(),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    void show_in(net::endpoint& where) const {
        where.tls.client_certificate = certificate.path();
        where.tls.client_key = key.path();
    }

    temporary_file certificate{""};
    temporary_file key{""};
};

identity client(const std::string& name, const identity& issuer = test_authority(), long until = day) {
    return make_identity({name, "", -20 * day, until}, &issuer);
}

/// A server that wants a client's certificate of the test authority, and notes whose it was shown.
class strict_server {
public:
    explicit strict_server(int version, std::size_t connections = 1, unsigned replies_each = 1)
        : server_({make_identity({}, &test_authority()), version, version, true, &test_authority()},
                  std::vector<script>(connections, greet(replies_each))) {}

    std::vector<std::string> shown() {
        const std::lock_guard lock(mutex_);
        return shown_;
    }
    unsigned resumed() const { return resumed_; }
    std::string url() const { return server_.url(); }

private:
    script greet(unsigned replies_each) {
        return [this, replies_each](peer& by) {
            const auto* certificate = SSL_get0_peer_certificate(by.tls());
            char name[64] = "";
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
            resumed_ += SSL_session_reused(by.tls());
            {
                const std::lock_guard lock(mutex_);
                shown_.emplace_back(name);
            }
            for (unsigned i = 0; i < replies_each; ++i)
                if (!by.read_request().empty())
                    by.write(ok(""));
            by.wait_until_closed();
        };
    }

    std::mutex mutex_;
    std::vector<std::string> shown_;
    std::atomic<unsigned> resumed_ = 0;
    scripted_server server_;
};

}  // namespace

TEST_CASE("a server that asks for a client certificate is shown the configured one") {
    client_fixture with;
    strict_server server(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
    auto where = with.to(server.url());
    const client_pair pair(client("rotator"));
    pair.show_in(where);
    CHECK(with.send(where).status == 200);
    CHECK(server.shown() == std::vector<std::string>{"rotator"});
}

TEST_CASE("a client certificate that is refused is told with its subject, issuer and dates, and with whose are "
          "taken") {
    client_fixture with;
    strict_server server(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
    auto where = with.to(server.url());
    const auto stranger = make_identity({"stranger", "", -60, day, true});
    const client_pair pair(client("rotator", stranger));
    pair.show_in(where);
    const auto result = with.send(where);
    CHECK(result.reached == reached::alert);
    CHECK_THAT(result.problem,
               Contains("refuses the client certificate (CN=rotator, issued by CN=stranger, valid from 20") &&
                   Contains("does not trust its issuer") &&
                   Contains("takes those issued by CN=test authority") &&
                   Contains("get one from an issuer that the server trusts"));
}

TEST_CASE("a client certificate that has expired is told so, and to be renewed") {
    client_fixture with;
    strict_server server(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
    auto where = with.to(server.url());
    const client_pair pair(client("rotator", test_authority(), -day));
    pair.show_in(where);
    CHECK_THAT(with.send(where).problem,
               Contains("(CN=rotator, ") && Contains("has expired") && Contains("renew it"));
}

TEST_CASE("a renewed client certificate is shown at the next connection, and half of a renewal is an error "
          "that passes") {
    client_fixture with;  // whose connections stay good for an hour
    strict_server server(TLS1_3_VERSION, 2);
    auto where = with.to(server.url());
    const client_pair pair(client("first"));
    pair.show_in(where);
    CHECK(with.send(where).status == 200);
    const auto renewed = client("second");
    pair.certificate.write(renewed.pem());
    const auto half = with.send(where);
    CHECK(half.reached == reached::nothing);
    CHECK_THAT(half.problem, Contains(pair.key.path()) && Contains("not that of the certificate in") &&
                                 Contains("CN=second"));
    pair.put(renewed);
    CHECK(with.send(where).status == 200);
    CHECK(server.shown() == std::vector<std::string>{"first", "second"});
}

TEST_CASE("neither a connection nor a session serves another client certificate") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const bool pooled = GENERATE(true, false);
    client_fixture with({std::chrono::hours(pooled ? 1 : 0), 64, ""});
    strict_server server(version, pooled ? 2 : 4, pooled ? 2 : 1);
    const client_pair one(client("one"));
    const client_pair other(client("other"));
    auto first = with.to(server.url());
    auto second = first;
    one.show_in(first);
    other.show_in(second);
    for (int i = 0; i < 2; ++i) {
        CHECK(with.send(first).status == 200);
        CHECK(with.send(second).status == 200);
    }
    if (pooled)
        CHECK(server.shown() == std::vector<std::string>{"one", "other"});
    else
        CHECK(server.shown() == std::vector<std::string>{"one", "other", "one", "other"});
    CHECK(server.resumed() == (pooled ? 0 : 2));  // each its own
}

TEST_CASE("an examination tells which client certificate was shown, and does not wait for nothing") {
    client_fixture with;
    strict_server server(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
    auto where = with.to(server.url());
    const client_pair pair(client("rotator"));
    pair.show_in(where);
    const auto began = std::chrono::steady_clock::now();
    const auto found = examine(with, where);
    CHECK(found.ended_at == stage::whole);
    CHECK(found.wants_client_certificate);
    REQUIRE(found.client);
    CHECK(found.client->subject == "CN=rotator");
    CHECK(found.client->issuer == "CN=test authority");
    // The session that the server offers ends the wait of two seconds.
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
}

TEST_CASE("an examination hears the refusal of a client certificate that comes after the handshake") {
    client_fixture with;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const bool configured = GENERATE(true, false);
    strict_server server(version);
    auto where = with.to(server.url());
    const auto stranger = make_identity({"stranger", "", -60, day, true});
    const client_pair pair(client("rotator", stranger));
    if (configured)
        pair.show_in(where);
    const auto found = examine(with, where);
    CHECK(found.ended_at == stage::tls);
    CHECK(found.wants_client_certificate);
    CHECK(found.chain.empty());  // the server's were good
    CHECK_THAT(found.problem, Contains(configured ? "refuses the client certificate (CN=rotator"
                                                  : "wants a client certificate, and none is configured"));
    CHECK_THAT(found.remedy, Contains(configured ? "issuer that the server trusts" : "tls.client_certificate"));
}
