#include "net/connection.hpp"
#include "net/tls_contexts.hpp"
#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

#include <boost/asio/co_spawn.hpp>

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;

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

core::timeouts short_request() {
    return {patient.connect, short_time};
}

/// Reads the request, sends this, and ends the connection in good order.
script reply_and_close(std::string text) {
    return [text = std::move(text)](peer& client) {
        client.read_request();
        client.write(text);
        client.close();
        client.wait_until_closed();
    };
}

}  // namespace

TEST_CASE("a refused connection has sent nothing") {
    client_fixture with;
    const refusing_port port;
    const auto result = with.send(http_url(port.number()));
    CHECK(result.reached == reached::nothing);
    CHECK_FALSE(result.timed_out);
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
    CHECK_THAT(result.problem, Contains("TLS handshake"));
}

TEST_CASE("a client certificate that is missing under TLS 1.2 fails the handshake, which has sent nothing") {
    client_fixture with;
    auto tls = good_tls();
    tls.max_version = TLS1_2_VERSION;
    tls.wants_client_certificate = true;
    scripted_server server(std::move(tls), {[](peer&) {}});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem, Contains("alert"));
}

TEST_CASE("a client certificate that is missing under TLS 1.3 is told by an alert behind the request") {
    client_fixture with;
    auto tls = good_tls();
    tls.min_version = TLS1_3_VERSION;
    tls.wants_client_certificate = true;
    scripted_server server(std::move(tls), {[](peer&) {}});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::alert);
    CHECK_THAT(result.problem, Contains("refused the TLS handshake") && Contains("certificate required"));
}

TEST_CASE("a renegotiation is refused, which counts as a refused handshake on a new connection only") {
    client_fixture with;
    auto tls = good_tls();
    tls.max_version = TLS1_2_VERSION;
    const bool is_new = GENERATE(true, false);
    scripted_server server(std::move(tls), {[is_new](peer& client) {
                               client.read_request();
                               if (!is_new) {
                                   client.write(ok(""));
                                   client.read_request();
                               }
                               client.ask_for_renegotiation();
                           }});
    if (!is_new)
        CHECK(with.send(server.url()).status == 200);
    const auto result = with.send(server.url());
    CHECK(result.reached == (is_new ? reached::alert : reached::interrupted));
    CHECK_THAT(result.problem, Contains("alert handshake failure"));
}

TEST_CASE("a connection that was reset before the request has sent nothing of it") {
    client_fixture with;
    const bool tls = GENERATE(false, true);
    std::promise<void> opened;
    std::promise<void> closed;
    const std::vector<script> plays{[&](peer& client) {
        opened.get_future().wait();
        client.reset();
        closed.set_value();
    }};
    const auto server =
        tls ? std::make_unique<scripted_server>(good_tls(), plays) : std::make_unique<scripted_server>(plays);
    const auto where = with.to(server->url());
    const auto used = std::make_shared<net::connection>(with.loop, where, "");
    net::tls_contexts contexts;
    std::optional<core::exchange> result;
    const auto keep = [&result](const std::exception_ptr&, core::exchange came) { result = std::move(came); };
    const auto done = [&result] { return result.has_value(); };
    boost::asio::co_spawn(
        with.loop,
        used->open(contexts.get(where.tls).context, std::make_shared<net::tls_sessions>(), patient.connect),
        keep);
    run_until(with.loop, done);
    CHECK(result->problem.empty());
    opened.set_value();
    closed.get_future().wait();
    result.reset();
    boost::asio::co_spawn(with.loop, used->exchange("PUT / HTTP/1.1\r\n\r\n", patient.request), keep);
    run_until(with.loop, done);
    CHECK(result->reached == reached::nothing);
    CHECK_THAT(result->problem, Contains("gone before the request was sent"));
}

TEST_CASE("a connection that breaks before a reply has interrupted the request") {
    client_fixture with;
    const auto end = GENERATE(script([](peer& client) { client.reset(); }),
                              script([](peer& client) { client.close(false); }),
                              script([](peer& client) { client.close(); }));
    const auto play = [end](peer& client) {
        client.read_request();
        end(client);
    };
    SECTION("plain") {
        scripted_server server({play});
        const auto result = with.send(server.url());
        CHECK(result.reached == reached::interrupted);
        CHECK_THAT(result.problem, Contains("no reply"));
    }
    SECTION("TLS") {
        scripted_server server(good_tls(), {play});
        const auto result = with.send(server.url());
        CHECK(result.reached == reached::interrupted);
        CHECK_THAT(result.problem, Contains("no reply"));
    }
}

TEST_CASE("a reset behind the first byte of a reply has interrupted the request") {
    client_fixture with;
    scripted_server server({[](peer& client) {
        client.read_request();
        client.write("H");
        client.reset();
    }});
    CHECK(with.send(server.url()).reached == reached::interrupted);
}

TEST_CASE("time that runs out before or in the middle of a reply has interrupted the request") {
    client_fixture with;
    const std::string sent =
        GENERATE("", "HTTP/1.1 200 OK\r\nCont", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhush");
    const auto play = [sent](peer& client) {
        client.read_request();
        client.write(sent);
        client.wait_until_closed();
    };
    scripted_server server(good_tls(), {play});
    const auto result = with.send(server.url(), short_request());
    CHECK(result.reached == reached::interrupted);
    CHECK(result.timed_out);
    CHECK_THAT(result.problem, Contains("no whole reply within 50ms"));
}

TEST_CASE("time that runs out while the request is being sent has interrupted it") {
    client_fixture with;
    std::promise<void> over;
    scripted_server server({[&over](peer&) { over.get_future().wait(); }});
    // More than the two sockets hold, to a server that does not read.
    const auto result = with.send(with.to(server.url()), short_request(), std::string(64 * 1024 * 1024, 'x'));
    over.set_value();
    CHECK(result.reached == reached::interrupted);
    CHECK(result.timed_out);
}

TEST_CASE("a body that ends early has interrupted the request") {
    client_fixture with;
    const std::string sent = GENERATE("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhush",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhush\r\n");
    scripted_server server(good_tls(), {reply_and_close(sent)});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::interrupted);
    CHECK_THAT(result.problem, Contains("closed the connection in the middle"));
}

TEST_CASE("a body without a length is whole if TLS was ended, and truncated if it was not") {
    client_fixture with;
    const bool ended = GENERATE(true, false);
    scripted_server server(good_tls(), {[ended](peer& client) {
                               client.read_request();
                               client.write("HTTP/1.1 200 OK\r\n\r\nall of it");
                               client.close(ended);
                               client.wait_until_closed();
                           }});
    const auto result = with.send(server.url());
    CHECK(result.reached == (ended ? reached::reply : reached::interrupted));
    if (ended)
        CHECK(result.body.reveal() == "all of it");
    else
        CHECK_THAT(result.problem, Contains("without ending TLS"));
}

TEST_CASE("too large a body or header has interrupted the request") {
    client_fixture with;
    const std::string mebibyte(1024 * 1024 + 1, 'x');
    const std::string sent =
        GENERATE_COPY(as<std::string>{}, ok(mebibyte), "HTTP/1.1 200 OK\r\n\r\n" + mebibyte,
                      "HTTP/1.1 200 OK\r\nX-Long: " + mebibyte.substr(0, 16 * 1024) + "\r\n\r\n",
                      "HTTP/1.1 200 " + mebibyte.substr(0, 17 * 1024));
    scripted_server server({reply_and_close(sent)});
    CHECK(with.send(server.url()).reached == reached::interrupted);
}

TEST_CASE("a whole reply says what was in it") {
    client_fixture with;
    scripted_server server(
        good_tls(), {replies({"HTTP/1.1 429 Slow Down\r\nContent-Type: text/html; charset=utf-8\r\n"
                              "Retry-After: 120\r\nX-RateLimit-Reset: 2026-01-01T00:00:00Z\r\n"
                              "Location: /x\r\nX-Authentication-Denied-Reason: CAPTCHA\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n4\r\nhush\r\n1;a=b\r\n!\r\n0\r\n\r\n"})});
    const auto result = with.send(server.url());
    CHECK(result.reached == reached::reply);
    CHECK(result.status == 429);
    CHECK(result.content_type == "text/html; charset=utf-8");
    CHECK(result.retry_after == "120");
    CHECK(result.rate_limit_reset == "2026-01-01T00:00:00Z");
    CHECK(result.location == "/x");
    CHECK(result.authentication_denied_reason == "CAPTCHA");
    CHECK(result.body.reveal() == "hush!");
}

TEST_CASE("a reply that comes before the whole request was read counts, and ends the connection") {
    client_fixture with;
    const std::string sent = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    const auto refuse = [sent](peer& client) {
        client.read_some_of_request();
        client.write(sent);
        client.reset();
    };
    scripted_server server({refuse, replies({ok("")})});
    const std::string body(8 * 1024 * 1024, 'x');
    CHECK(with.send(with.to(server.url()), patient, body).status == 413);
    CHECK(with.send(server.url()).status == 200);
    CHECK(server.connections() == 2);
}

TEST_CASE("a request to an address is tried at each one that a name has") {
    const name_server names({{"jira.test", {"127.0.0.99", "127.0.0.1"}}});
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    scripted_server server({replies({ok("")})});
    CHECK(with.send(server.url("", "jira.test")).status == 200);
}

TEST_CASE("an address that does not answer leaves time for those behind it") {
    // An eighth of the time for the first one, and what is left for the seven others.
    std::vector<std::string> addresses(8, "127.0.0.1");
    addresses.front() = "127.0.0.2";
    const name_server names({{"jira.test", addresses}});
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    scripted_server server({replies({ok("")})});
    const silent_port silent("127.0.0.2", server.port());
    const core::timeouts limits{std::chrono::seconds(4), patient.request};
    CHECK(with.send(server.url("", "jira.test"), limits).status == 200);
}

TEST_CASE("a name that cannot be looked up has sent nothing") {
    const name_server names;
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    const auto result = with.send("http://jira.invalid:1");
    CHECK(result.reached == reached::nothing);
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
