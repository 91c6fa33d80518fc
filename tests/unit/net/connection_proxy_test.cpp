#include "support/proxied.hpp"
#include "support/sockets.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;
using source = core::proxy_settings::source;
using stage = core::way::stage;

// A connection through a forward proxy; connection_refused_by_proxy_test.cpp has how one fails there, and
// tests/network has real proxies.

namespace {

server_tls good_tls() {
    return {make_identity({}, &test_authority())};
}

}  // namespace

TEST_CASE("TLS goes through the proxy, which sees no credential of the server's, and the server none of the "
          "proxy's") {
    client_fixture with;
    with.secrets.values["proxy-password"] = "p@ss";
    std::promise<std::string> asked;
    std::promise<std::string> sent;
    const auto serve = [&sent](peer& client) {
        sent.set_value(client.read_request());
        client.write(ok("1"));
        client.wait_until_closed();
    };
    scripted_server server(good_tls(), {serve});
    scripted_server proxy({let_through(server.port(), &asked)});
    auto where = through(proxy.port(), with.to(server.url()));
    where.proxy.username = "rotator";
    where.proxy.password = core::secret_reference{core::secret_reference::source::file, "proxy-password"};
    CHECK(with.send(where).body.reveal() == "1");
    const auto authority = "127.0.0.1:" + std::to_string(server.port());
    CHECK(asked.get_future().get() == "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority +
                                          "\r\nUser-Agent: tunnelkeyd/0.1.0\r\nProxy-Authorization: Basic "
                                          "cm90YXRvcjpwQHNz\r\n\r\n");
    CHECK_THAT(sent.get_future().get(), Contains(std::string(hush)) && !Contains("Proxy-"));
}

TEST_CASE("the proxy looks the server's name up, and this machine the proxy's") {
    const std::map<std::string, std::vector<std::string>> known{{"proxy.test", {"127.0.0.1"}}};
    const name_server names(known);
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    scripted_server server({make_identity({"leaf", "DNS:jira.test", -60, 3600}, &test_authority())},
                           {replies({ok("1")})});
    std::promise<std::string> asked;
    scripted_server proxy({let_through(server.port(), &asked)});
    auto where = through(proxy.port(), with.to(server.url("", "jira.test")));
    where.proxy.url.host = "proxy.test";
    CHECK(with.send(where).body.reveal() == "1");
    CHECK_THAT(asked.get_future().get(), Contains("CONNECT jira.test:" + std::to_string(server.port()) + " "));
}

TEST_CASE("a proxy opens the way with any 2xx, whatever length that claims to have") {
    client_fixture with;
    scripted_server server(good_tls(), {replies({ok("1")})});
    const std::string reply = GENERATE("HTTP/1.1 200\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: abc\r\n\r\n",
                                       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n");
    scripted_server proxy({[&reply, port = server.port()](peer& client) {
        client.read_request();
        client.write(reply);
        client.relay_to(port);
    }});
    CHECK(with.send(through(proxy.port(), with.to(server.url()))).body.reveal() == "1");
}

TEST_CASE("the server's certificate is verified through a proxy as ever") {
    client_fixture with;
    scripted_server server({make_identity({"other", "DNS:other.test", -60, 3600}, &test_authority())},
                           {[](peer&) {}});
    scripted_server proxy({let_through(server.port())});
    const auto result = with.send(through(proxy.port(), with.to(server.url())));
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem, Contains("certificate is not for 127.0.0.1") && Contains("through the proxy"));
}

TEST_CASE("a proxy of the environment is used with its login, and NO_PROXY is heeded") {
    client_fixture with;
    std::promise<std::string> asked;
    scripted_server server(good_tls(), {replies({ok("1")}), replies({ok("2")})});
    scripted_server proxy({let_through(server.port(), &asked)});
    with.secrets.values["HTTPS_PROXY"] = "http://user:p%40ss@127.0.0.1:" + std::to_string(proxy.port());
    auto where = with.to(server.url());
    where.proxy = {source::environment};
    CHECK(with.send(where).body.reveal() == "1");
    CHECK_THAT(asked.get_future().get(), Contains("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"));
    with.secrets.values["NO_PROXY"] = "127.0.0.0/8";
    client_fixture direct;
    direct.secrets.values = with.secrets.values;
    CHECK(direct.send(where).body.reveal() == "2");
    CHECK(proxy.connections() == 1);
}

TEST_CASE("without the proxy's password, or with a variable that names no proxy, nobody is asked") {
    client_fixture with;
    scripted_server proxy({[](peer& client) { client.wait_until_closed(); }});
    auto where = through(proxy.port(), with.to("https://192.0.2.7:8443"));
    where.proxy.username = "user";
    where.proxy.password = core::secret_reference{core::secret_reference::source::file, "/missing"};
    std::string expected = "instance.proxy.password: file /missing does not exist";
    SECTION("the password") {
    }
    SECTION("the variable") {
        where.proxy = {source::environment};
        with.secrets.values["HTTPS_PROXY"] = "socks5://127.0.0.1:1080";
        expected = "instance.proxy: $HTTPS_PROXY is no http:// proxy";
    }
    const auto result = with.send(where);
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem, Contains(expected));
    CHECK_THAT(with.client->missing_secret(where), Contains(expected));
    const auto found = examine(with, where);
    CHECK(found.ended_at == stage::proxy);
    CHECK_THAT(found.problem, Contains(expected));
    CHECK(found.connected_to.empty());
    CHECK(proxy.connections() == 0);
}

TEST_CASE("a connection is kept for the way that it went, and a TLS session is resumed on that alone") {
    client_fixture with;
    std::promise<int> resumed[2];
    const auto serve = [&resumed](int which) {
        return [&resumed, which](peer& client) {
            resumed[which].set_value(SSL_session_reused(client.tls()));
            replies({ok(""), ok("")})(client);
        };
    };
    scripted_server server({make_identity({}, &test_authority()), TLS1_2_VERSION, TLS1_2_VERSION},
                           {serve(0), serve(1)});
    scripted_server proxy({let_through(server.port())});
    const auto direct = with.to(server.url());
    const auto proxied = through(proxy.port(), direct);
    for (const auto& where : {direct, proxied, direct, proxied})
        CHECK(with.send(where).status == 200);
    CHECK(server.connections() == 2);
    CHECK(proxy.connections() == 1);
    CHECK(resumed[0].get_future().get() == 0);
    CHECK(resumed[1].get_future().get() == 0);
}

TEST_CASE("plain http never goes through a proxy") {
    client_fixture with;
    scripted_server server({replies({ok("1")})});
    const refusing_port port;
    CHECK(with.send(through(port.number(), with.to(server.url()))).body.reveal() == "1");
}

TEST_CASE("an examination goes through the proxy, and tells where that refuses") {
    client_fixture with;
    SECTION("whole") {
        scripted_server server(good_tls(), {[](peer& client) { client.wait_until_closed(); }});
        scripted_server proxy({let_through(server.port())});
        const auto found = examine(with, through(proxy.port(), with.to(server.url())));
        CHECK(found.ended_at == stage::whole);
        CHECK(found.proxy == proxy_at(proxy.port()));
        CHECK(found.proxy_why == "http://127.0.0.1:" + std::to_string(proxy.port()));
        CHECK(found.connected_to == "127.0.0.1 port " + std::to_string(proxy.port()));
        CHECK(found.chain.size() == 2);
    }
    SECTION("refused") {
        scripted_server proxy({replies({"HTTP/1.1 403 Forbidden\r\n\r\n"})});
        const auto found = examine(with, through(proxy.port(), with.to("https://192.0.2.7")));
        CHECK(found.ended_at == stage::proxy);
        CHECK_THAT(found.problem, Contains("(HTTP 403)") && !Contains("rules"));
        CHECK(found.remedy == "have that allowed in its rules");
    }
    SECTION("down") {
        const refusing_port port;
        const auto found = examine(with, through(port.number(), with.to("https://192.0.2.7")));
        CHECK(found.ended_at == stage::connection);
        CHECK_THAT(found.problem, Contains("the proxy http://127.0.0.1:"));
    }
}

TEST_CASE("a request that waits for a proxy is ended by a stop") {
    client_fixture with;
    std::promise<void> waiting;
    scripted_server proxy({[&waiting](peer& client) {
        client.read_request();
        waiting.set_value();
        client.wait_until_closed();
    }});
    bool answered = false;
    with.start(through(proxy.port(), with.to("https://192.0.2.7")),
               [&answered](const core::exchange&) { answered = true; });
    auto there = waiting.get_future();
    run_until(with.loop,
              [&there] { return there.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    with.client->stop();
    with.loop.restart();
    with.loop.run();
    CHECK_FALSE(answered);
}
