#include "support/client_fixture.hpp"

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using core::reached;

namespace {

server_tls good_tls(int version = TLS1_3_VERSION) {
    return {make_identity({}, &test_authority()), version, version};
}

}  // namespace

TEST_CASE("a kept connection serves the next request, session tickets or not") {
    client_fixture with;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    scripted_server server(good_tls(version), {replies({ok("1"), ok("2"), ok("3")})});
    for (const char* body : {"1", "2", "3"})
        CHECK(with.send(server.url()).body.reveal() == body);
    CHECK(server.connections() == 1);
}

TEST_CASE("a session ticket that comes behind a reply costs the connection, and nothing else") {
    client_fixture with;
    std::promise<void> replied;
    std::promise<void> written;
    const auto late = [&](peer& client) {
        client.read_request();
        client.write(ok("1"));
        replied.get_future().wait();
        client.write_ticket();
        written.set_value();
        client.wait_until_closed();
    };
    scripted_server server(good_tls(), {late, replies({ok("2")})});
    CHECK(with.send(server.url()).body.reveal() == "1");
    replied.set_value();
    written.get_future().wait();
    CHECK(with.send(server.url()).body.reveal() == "2");
    CHECK(server.connections() == 2);
}

TEST_CASE("bytes on an idle connection that nobody asked for are never taken for a reply") {
    client_fixture with;
    const bool tls = GENERATE(true, false);
    const bool at_once = GENERATE(true, false);
    const std::string stray = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";
    std::promise<void> replied;
    std::promise<void> written;
    const auto chatty = [&](peer& client) {
        client.read_request();
        client.write_together({ok("1"), at_once ? stray : ""});
        replied.get_future().wait();
        if (!at_once)
            client.write(stray);
        written.set_value();
        client.wait_until_closed();
    };
    const std::vector<script> plays{chatty, replies({ok("2")})};
    const auto server =
        tls ? std::make_unique<scripted_server>(good_tls(), plays) : std::make_unique<scripted_server>(plays);
    CHECK(with.send(server->url()).body.reveal() == "1");
    replied.set_value();
    written.get_future().wait();
    CHECK(with.send(server->url()).body.reveal() == "2");
    CHECK(server->connections() == 2);
}

TEST_CASE("a connection that the server closed while it was idle is not used again") {
    client_fixture with;
    const bool tls = GENERATE(true, false);
    const bool notified = GENERATE(true, false);
    std::promise<void> closed;
    const auto leave = [&closed, notified](peer& client) {
        client.read_request();
        client.write(ok("1"));
        client.close(notified);
        closed.set_value();
        client.wait_until_closed();
    };
    const std::vector<script> plays{leave, replies({ok("2")})};
    const auto server =
        tls ? std::make_unique<scripted_server>(good_tls(), plays) : std::make_unique<scripted_server>(plays);
    CHECK(with.send(server->url()).body.reveal() == "1");
    closed.get_future().wait();
    CHECK(with.send(server->url()).body.reveal() == "2");
    CHECK(server->connections() == 2);
}

TEST_CASE("a reply that ends the connection is believed") {
    client_fixture with;
    const std::string last =
        GENERATE("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                 "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                 "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    std::promise<bool> notified;
    const auto play = [&notified, last](peer& client) {
        client.read_request();
        client.write(last);
        notified.set_value(client.wait_until_closed());
    };
    scripted_server server(good_tls(), {play, replies({ok("")})});
    CHECK(with.send(server.url()).reached == reached::reply);
    CHECK(notified.get_future().get());
    CHECK(with.send(server.url()).status == 200);
    CHECK(server.connections() == 2);
}

TEST_CASE("a request that fails on a kept connection fails, and is sent once") {
    client_fixture with;
    std::promise<std::string> seen;
    const auto play = [&seen](peer& client) {
        client.read_request();
        client.write(ok("1"));
        seen.set_value(client.read_request());
        client.reset();
    };
    scripted_server server({play, replies({ok("never")})});
    CHECK(with.send(server.url()).status == 200);
    CHECK(with.send(server.url()).reached == reached::interrupted);
    CHECK(seen.get_future().get().starts_with("PUT /key HTTP/1.1\r\n"));
    CHECK(server.connections() == 1);
}

TEST_CASE("where a request on a kept connection was lost the next ones have connections of their own") {
    client_fixture with;
    const auto leave = [](peer& client) {
        client.read_request();
        client.write(ok("1"));
        client.read_some_of_request();
        client.reset();
    };
    scripted_server server({leave, replies({ok("2"), ok("never")}), replies({ok("3"), ok("never")})});
    scripted_server other({replies({ok("1"), ok("2")})});
    CHECK(with.send(server.url()).status == 200);
    CHECK(with.send(server.url()).reached == reached::interrupted);
    CHECK(with.send(server.url()).body.reveal() == "2");
    CHECK(with.send(server.url()).body.reveal() == "3");
    CHECK(with.send(other.url()).body.reveal() == "1");
    CHECK(with.send(other.url()).body.reveal() == "2");
}

TEST_CASE("a connection serves one base URL with one set of TLS settings only") {
    client_fixture with;
    scripted_server server(good_tls(), {replies({ok("")}), replies({ok("")}), replies({ok("")})});
    CHECK(with.send(server.url("/jira")).status == 200);
    CHECK(with.send(server.url("/wiki")).status == 200);
    auto named = with.to(server.url("/jira"));
    named.tls.server_name = "localhost";
    CHECK(with.send(named).status == 200);
    CHECK(server.connections() == 3);
}

TEST_CASE("no redirect is followed") {
    client_fixture with;
    scripted_server elsewhere({replies({ok("")})});
    const auto location = elsewhere.url("/login");
    scripted_server server(
        {replies({"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n"})});
    const auto result = with.send(server.url());
    CHECK(result.status == 302);
    CHECK(result.location == location);
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE("a request that cannot be sent is refused from the loop") {
    client_fixture with;
    const auto where = with.to("http://127.0.0.1:1");
    const net::header_field fields[] = {{"Authorization", "Bearer hush\r\nX-Other: 1"}};
    std::optional<core::exchange> result;
    const auto keep = [&result](core::exchange came) { result = std::move(came); };
    with.client->send(where, net::make_request("GET", where.url, "/", fields), patient, keep);
    CHECK_FALSE(result);
    run_until(with.loop, [&result] { return result.has_value(); });
    CHECK(result->reached == reached::nothing);
    CHECK(result->hindrance == core::hindrance::own);
    CHECK(result->problem.find("hush") == std::string::npos);
}

TEST_CASE("a client that is stopped or destroyed calls no handler, whatever it was doing") {
    client_fixture with;
    std::promise<void> reading;
    scripted_server server(good_tls(), {[&reading](peer& client) {
                               client.read_request();
                               reading.set_value();
                               client.wait_until_closed();
                           }});
    scripted_server mute({[](peer& client) { client.wait_until_closed(); }});
    bool called = false;
    const auto note = [&called](const core::exchange&) { called = true; };
    with.start(with.to(server.url()), note);
    with.start(with.to("https" + mute.url().substr(4)), note);
    with.start(with.to("http://localhost:1"), note);
    auto asked = reading.get_future();
    run_until(with.loop,
              [&asked] { return asked.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    called = false;
    with.start(with.to(server.url()), note);
    SECTION("stopped") {
        with.client->stop();
        with.start(with.to(server.url()), note);
    }
    SECTION("destroyed") {
        with.client.reset();
    }
    SECTION("with the loop, at once") {
        with.client.reset();
        return;
    }
    with.loop.restart();
    with.loop.run();  // returns, since nothing is left to wait for
    CHECK_FALSE(called);
}

TEST_CASE("a handler may destroy the client") {
    client_fixture with;
    scripted_server server({replies({ok("")})});
    bool called = false;
    const auto destroy = [&with, &called](const core::exchange&) {
        with.client.reset();
        called = true;
    };
    with.start(with.to(server.url()), destroy);
    with.loop.run();
    CHECK(called);
}

TEST_CASE("an exception that a handler throws comes out of the loop") {
    client_fixture with;
    scripted_server server({replies({ok("")})});
    with.start(with.to(server.url()),
               [](const core::exchange&) { throw std::runtime_error("from the handler"); });
    CHECK_THROWS_WITH(with.loop.run(), "from the handler");
}
