#include "net/connection.hpp"
#include "net/tls_contexts.hpp"
#include "support/client_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <memory>
#include <utility>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;

namespace {

server_tls good_tls() {
    return {make_identity({}, &test_authority())};
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

/// This process's sockets that are connected to the port send no more. They can still receive.
void stop_sending_to(std::uint16_t port) {
    for (int socket = 0; socket < 1024; ++socket) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
            ntohs(peer.sin_port) == port)
            ::shutdown(socket, SHUT_WR);
    }
}

std::unique_ptr<scripted_server> serve(bool tls, script play) {
    std::vector<script> plays{std::move(play)};
    return tls ? std::make_unique<scripted_server>(good_tls(), std::move(plays))
               : std::make_unique<scripted_server>(std::move(plays));
}

core::exchange result_of(client_fixture& with, boost::asio::awaitable<core::exchange> work) {
    std::optional<core::exchange> result;
    const auto keep = [&result](const std::exception_ptr&, core::exchange came) { result = std::move(came); };
    boost::asio::co_spawn(with.loop, std::move(work), keep);
    run_until(with.loop, [&result] { return result.has_value(); });
    return std::move(*result);
}

std::shared_ptr<net::connection> open(client_fixture& with, const scripted_server& server) {
    const auto where = with.to(server.url());
    auto opened = std::make_shared<net::connection>(with.loop, where, "");
    net::tls_contexts contexts(with.secrets);
    auto work =
        opened->open(contexts.get(where.tls).context, std::make_shared<net::tls_sessions>(), patient.connect);
    CHECK(result_of(with, std::move(work)).problem.empty());
    return opened;
}

core::exchange exchange(client_fixture& with, net::connection& over) {
    return result_of(with, over.exchange("PUT / HTTP/1.1\r\n\r\n", patient.request));
}

}  // namespace

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
    CHECK_THAT(result.problem, Contains("handshake failure"));
}

TEST_CASE("a connection that was reset before the request has sent nothing of it") {
    client_fixture with;
    const bool tls = GENERATE(false, true);
    std::promise<void> opened;
    std::promise<void> closed;
    const auto server = serve(tls, [&](peer& client) {
        opened.get_future().wait();
        client.reset();
        closed.set_value();
    });
    const auto used = open(with, *server);
    opened.set_value();
    closed.get_future().wait();
    const auto result = exchange(with, *used);
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem, Contains("gone before the request was sent"));
}

TEST_CASE("a request that cannot be sent waits for no reply") {
    client_fixture with;
    const bool tls = GENERATE(false, true);
    std::unique_ptr<scripted_server> server;
    std::promise<void> over;  // broken before the server ends, whatever happens
    server = serve(tls, [until = over.get_future().share()](peer&) { until.wait(); });
    const auto used = open(with, *server);
    stop_sending_to(server->port());
    const auto result = exchange(with, *used);
    CHECK(result.reached == reached::nothing);
    CHECK_FALSE(result.timed_out);
    CHECK_THAT(result.problem, Contains("gone before the request was sent: Broken pipe"));
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
