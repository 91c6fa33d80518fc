#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;

// The ways in which a connection does not come about; connection_test.cpp has what comes behind.

namespace {

server_tls good_tls() {
    return {make_identity({}, &test_authority())};
}

std::string http_url(std::uint16_t port) {
    return "http://127.0.0.1:" + std::to_string(port);
}

core::timeouts short_connect() {
    return {short_time, patient.request};
}

}  // namespace

TEST_CASE("a refused connection has sent nothing") {
    client_fixture with;
    const refusing_port port;
    const auto result = with.send(http_url(port.number()));
    CHECK(result.reached == reached::nothing);
    CHECK_FALSE(result.timed_out);
    CHECK(result.hindrance == core::hindrance::connection);
    CHECK_THAT(result.problem, Contains("cannot connect to 127.0.0.1 port") && Contains("refused"));
}

TEST_CASE("a server that does not answer the connection is given up on, and has been sent nothing") {
    client_fixture with;
    const silent_port port;
    const auto result = with.send(http_url(port.number()), short_connect());
    CHECK(result.reached == reached::nothing);
    CHECK(result.timed_out);
    CHECK_THAT(result.problem, Contains("no connection within 50ms"));
}

TEST_CASE("a TLS handshake that is never finished is given up on, and has sent nothing") {
    client_fixture with;
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    const auto result = with.send(with.to("https" + server.url().substr(4)), short_connect());
    CHECK(result.reached == reached::nothing);
    CHECK(result.timed_out);
    CHECK_THAT(result.problem, Contains("no connection within 50ms"));
}

TEST_CASE("a TLS handshake that fails has sent nothing") {
    client_fixture with;
    const auto end =
        GENERATE(script([](peer& client) { client.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }),
                 script([](peer& client) { client.close(); }), script([](peer& client) { client.reset(); }));
    const auto play = [end](peer& client) {
        client.read_some_of_request();
        end(client);
    };
    scripted_server server({play});
    const auto result = with.send(with.to("https" + server.url().substr(4)));
    CHECK(result.reached == reached::nothing);
    CHECK_FALSE(result.timed_out);
    CHECK(result.hindrance == core::hindrance::tls);
    CHECK_THAT(result.problem, Contains("TLS handshake"));
}

TEST_CASE("a client certificate that is missing under TLS 1.2 is told by an alert before the request") {
    client_fixture with;
    auto tls = good_tls();
    tls.max_version = TLS1_2_VERSION;
    tls.wants_client_certificate = true;
    scripted_server server(std::move(tls), {[](peer&) {}});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::alert);
    CHECK_THAT(result.problem,
               Contains("wants a client certificate, and none is configured (alert: handshake failure)"));
}

TEST_CASE("a client certificate that is missing under TLS 1.3 is told by an alert behind the request") {
    client_fixture with;
    auto tls = good_tls();
    tls.min_version = TLS1_3_VERSION;
    tls.wants_client_certificate = true;
    scripted_server server(std::move(tls), {[](peer&) {}});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::alert);
    CHECK_THAT(result.problem,
               Contains("wants a client certificate, and none is configured (alert: certificate required)"));
}

TEST_CASE("a request to an address is tried at each one that a name has") {
    const name_server names({{"jira.test", {"127.0.0.99", "127.0.0.1"}}});
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    scripted_server server({replies({ok("")})});
    CHECK(with.send(server.url("", "jira.test")).status == 200);
}

TEST_CASE("a name that cannot be looked up has sent nothing") {
    const name_server names;
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    const auto result = with.send("http://jira.invalid:1");
    CHECK(result.reached == reached::nothing);
    CHECK(result.hindrance == core::hindrance::name);
    CHECK_THAT(result.problem, Contains("cannot look up jira.invalid"));
}

TEST_CASE("a look-up without an answer ends with the time for the connection, and delays nobody else") {
    const name_server names({{"dead.test", never_answered}});
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    scripted_server server({replies({ok("")})});
    std::optional<core::exchange> dead;
    const auto keep = [&dead](core::exchange result) { dead = std::move(result); };
    with.start(with.to("http://dead.test:1"), keep, patient);
    CHECK(with.send(server.url()).status == 200);
    CHECK_FALSE(dead);
    const auto result = with.send("http://dead.test:1", short_connect());
    CHECK(result.reached == reached::nothing);
    CHECK(result.timed_out);
    CHECK_THAT(result.problem, Contains("no connection within 50ms: cannot look up dead.test"));
}
