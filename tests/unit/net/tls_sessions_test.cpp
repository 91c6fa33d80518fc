#include "net/tls_sessions.hpp"
#include "support/client_fixture.hpp"

#include <atomic>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

/// Counts handshakes that resumed a session.
script greet(std::atomic<int>& resumed) {
    return [&resumed](peer& client) {
        resumed += SSL_session_reused(client.tls());
        client.read_request();
        client.write(ok(""));
        client.wait_until_closed();
    };
}

const net::client_options no_pool{core::duration(0), 64, ""};

}  // namespace

TEST_CASE("a session is resumed with the same server") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::atomic<int> resumed = 0;
    client_fixture with(no_pool);
    scripted_server server({make_identity({}, &test_authority()), version, version},
                           {greet(resumed), greet(resumed), greet(resumed)});
    for (int i = 0; i < 3; ++i)
        CHECK(with.send(server.url()).status == 200);
    CHECK(resumed == 2);
}

TEST_CASE("a session is not resumed under another name, another trust store or a stricter version") {
    std::atomic<int> resumed = 0;
    client_fixture with(no_pool);
    scripted_server server({make_identity({}, &test_authority())},
                           {greet(resumed), greet(resumed), greet(resumed), greet(resumed)});
    auto where = with.to(server.url());
    CHECK(with.send(where).status == 200);
    auto renamed = where;
    renamed.tls.server_name = "localhost";
    CHECK(with.send(renamed).status == 200);
    auto stricter = where;
    stricter.tls.min_version = core::tls_version::v1_3;
    CHECK(with.send(stricter).status == 200);
    const temporary_file other(test_authority().pem());
    auto elsewhere = where;
    elsewhere.tls.ca_file = other.path();
    CHECK(with.send(elsewhere).status == 200);
    CHECK(resumed == 0);
}

TEST_CASE("a session does not outlive the trust that it rests on") {
    std::atomic<int> resumed = 0;
    client_fixture with(no_pool);
    scripted_server server({make_identity({}, &test_authority())}, {greet(resumed), greet(resumed)});
    const temporary_file trusted(test_authority().pem());
    auto where = with.to(server.url());
    where.tls.ca_file = trusted.path();
    CHECK(with.send(where).status == 200);
    trusted.write(make_identity({"another", "", -60, 60, true}).pem());
    CHECK(with.send(where).reached == core::reached::nothing);
}

TEST_CASE("at most 128 sessions are kept, and the oldest goes first") {
    const int others = GENERATE(10, 64);
    std::atomic<int> resumed = 0;
    client_fixture with(no_pool);
    // TLS 1.3 servers offer two sessions on each connection.
    scripted_server server({make_identity({"x", "IP:127.0.0.1,DNS:*.example.com"}, &test_authority())},
                           std::vector<script>(others + 2, greet(resumed)));
    auto where = with.to(server.url());
    CHECK(with.send(where).status == 200);
    for (int i = 0; i < others; ++i) {
        auto other = where;
        other.tls.server_name = "n" + std::to_string(i) + ".example.com";
        CHECK(with.send(other).status == 200);
    }
    CHECK(with.send(where).status == 200);
    CHECK(resumed == (others == 10 ? 1 : 0));
}
