#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using stage = core::way::stage;

// What an examination of the way to a server tells; connection_open_test.cpp has how requests fail on it.

namespace {

constexpr long day = 24 * 3600;

/// What a server was sent on a connection until the client closed it, after the handshake.
struct listener {
    script note() {
        return [this](peer& client) { said_goodbye.set_value(client.wait_until_closed()); };
    }
    std::promise<bool> said_goodbye;
};

}  // namespace

TEST_CASE("a whole way is told with its addresses, its TLS and the verified certificates, and sends nothing") {
    const name_server names({{"jira.test", {"127.0.0.99", "127.0.0.1"}}});
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    listener heard;
    server_tls tls{make_identity({"leaf", "DNS:jira.test", -60, 10 * day}, &test_authority())};
    scripted_server server(std::move(tls), {heard.note()});
    const auto found = examine(with, with.to(server.url("", "jira.test")));
    CHECK(found.ended_at == stage::whole);
    CHECK(found.addresses == std::vector<std::string>{"127.0.0.99", "127.0.0.1"});
    CHECK(found.look_up_took);
    CHECK(found.connected_to == "127.0.0.1 port " + std::to_string(server.port()));
    CHECK(found.tls_version == "TLSv1.3");
    CHECK_FALSE(found.cipher.empty());
    // The server sent its own alone: what it was verified by is there too.
    REQUIRE(found.chain.size() == 2);
    CHECK(found.chain[0].subject == "CN=leaf");
    CHECK(found.chain[1].subject == found.chain[0].issuer);
    const auto lasts = found.chain[0].not_after - std::chrono::system_clock::now();
    CHECK(lasts > std::chrono::hours(9 * 24));
    CHECK(lasts < std::chrono::hours(11 * 24));
    CHECK(heard.said_goodbye.get_future().get());
}

TEST_CASE("an examination never resumes a session, so that it sees the certificates") {
    client_fixture with;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto wait = [](peer& client) { client.wait_until_closed(); };
    scripted_server server({make_identity({}, &test_authority()), version, version},
                           {replies({ok("")}), wait, wait});
    const auto where = with.to(server.url());
    CHECK(with.send(where).status == 200);
    for (int i = 0; i < 2; ++i)
        CHECK(examine(with, where).chain.size() == 2);
}

TEST_CASE("a way ends where it broke") {
    const name_server names;
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    SECTION("a name that does not exist") {
        const auto found = examine(with, with.to("https://jira.invalid"));
        CHECK(found.ended_at == stage::look_up);
        CHECK_THAT(found.problem, Contains("cannot look up jira.invalid"));
    }
    SECTION("nobody listens") {
        const refusing_port port;
        const auto found = examine(with, with.to("https://127.0.0.1:" + std::to_string(port.number())));
        CHECK(found.ended_at == stage::connection);
        CHECK_FALSE(found.look_up_took);
        CHECK(found.connected_to.empty());
        CHECK_THAT(found.problem, Contains("refused"));
    }
    SECTION("nobody answers") {
        const silent_port port;
        const auto found =
            examine(with, with.to("https://127.0.0.1:" + std::to_string(port.number())), short_time);
        CHECK(found.ended_at == stage::connection);
        CHECK_THAT(found.problem, Contains("no connection within 50ms"));
    }
    SECTION("no TLS is spoken there") {
        scripted_server server({[](peer& client) {
            client.read_some_of_request();
            client.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        }});
        const auto found = examine(with, with.to("https" + server.url().substr(4)));
        CHECK(found.ended_at == stage::tls);
        CHECK_FALSE(found.connected_to.empty());
        CHECK(found.chain.empty());
    }
    SECTION("a trust store that cannot be read") {
        scripted_server server({[](peer& client) { client.wait_until_closed(); }});
        auto where = with.to("https" + server.url().substr(4));
        where.tls.ca_file = "/missing.pem";
        const auto found = examine(with, where);
        CHECK(found.ended_at == stage::tls);
        CHECK_THAT(found.problem, Contains("/missing.pem"));
        CHECK_THAT(found.remedy, Contains("correct the path"));
    }
}

TEST_CASE("a certificate that is refused is told with its remedy apart, and with what the server sent") {
    client_fixture with;
    scripted_server server({make_identity({"old", "IP:127.0.0.1", -20 * day, -10 * day}, &test_authority())},
                           {[](peer&) {}});
    const auto found = examine(with, with.to(server.url()));
    CHECK(found.ended_at == stage::tls);
    CHECK_THAT(found.problem, Contains("certificate has expired (CN=old, issued by") && !Contains("renew"));
    CHECK(found.remedy == "renew it on the server");
    REQUIRE(found.chain.size() == 1);
    CHECK(found.chain[0].subject == "CN=old");
    CHECK(found.tls_version.empty());
}

TEST_CASE("plain http ends with the connection") {
    client_fixture with;
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    const auto found = examine(with, with.to(server.url()));
    CHECK(found.ended_at == stage::whole);
    CHECK(found.tls_version.empty());
}

TEST_CASE("an examination that is stopped is not answered") {
    client_fixture with;
    const silent_port port;
    bool answered = false;
    with.client->examine(with.to("http://127.0.0.1:" + std::to_string(port.number())), patient.connect,
                         [&answered](const core::way&) { answered = true; });
    with.loop.poll();
    with.client->stop();
    with.loop.run();
    CHECK_FALSE(answered);
}

TEST_CASE("an examination that was asked for just before a stop opens no connection") {
    client_fixture with;
    // Over TLS, since a handshake takes a server that has seen the connection.
    scripted_server server({make_identity({}, &test_authority())},
                           {[](peer& client) { client.wait_until_closed(); }});
    with.client->examine(with.to(server.url()), patient.connect, [](const core::way&) {});
    with.client->stop();
    with.loop.run();
    CHECK(server.connections() == 0);
}
