#include "support/proxied.hpp"
#include "support/sockets.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using core::reached;

// The ways in which a proxy does not let a connection through: nothing has reached the server then.

TEST_CASE(
    "a proxy that refuses is told from the server, with what to do, and the server has been sent nothing") {
    client_fixture with;
    const auto [reply, why] = GENERATE(table<std::string, std::string>({
        {"407 x\r\nProxy-Authenticate: Basic realm=\"x\"",
         "wants a login (HTTP 407): set instance.proxy.username and instance.proxy.password"},
        {"407 x\r\nProxy-Authenticate: NTLM", "it offers NTLM"},
        {"403 Forbidden", "does not let this machine through to 192.0.2.7:8443 (HTTP 403): "},
        {"405 Method Not Allowed", "does not take CONNECT"},
        {"501 Not Implemented", "does not take CONNECT"},
        {"502 Bad Gateway", "does not reach 192.0.2.7:8443 (HTTP 502): "},
        {"503 x\r\nX-Squid-Error: ERR_CONNECT_FAIL 111", "(HTTP 503, ERR_CONNECT_FAIL): "},
        {"504 Gateway Timeout", "does not reach"},
        {"302 Found\r\nLocation: http://login.corp/", "refuses a connection to 192.0.2.7:8443 (HTTP 302): "},
        {"429 Too Many Requests", "(HTTP 429): "},
        {"101 Switching Protocols", "(HTTP 101): "},
    }));
    scripted_server proxy({replies({"HTTP/1.1 " + reply + "\r\nContent-Length: 4\r\n\r\nhush"})});
    const auto result = with.send(through(proxy.port(), with.to("https://192.0.2.7:8443")));
    CHECK(result.reached == reached::nothing);
    CHECK_FALSE(result.timed_out);
    CHECK_THAT(result.problem,
               Contains("the proxy http://127.0.0.1:" + std::to_string(proxy.port()) + " ") && Contains(why));
}

TEST_CASE(
    "a proxy that breaks off, or speaks something else, is told as one, and the server has been sent nothing") {
    client_fixture with;
    const auto [play, why] = GENERATE(table<script, std::string>({
        {[](peer& client) { client.read_request(); }, "no reply to CONNECT: it closed the connection"},
        {[](peer& client) {
             client.read_request();
             client.reset();
         },
         "no reply to CONNECT: "},
        {[](peer& client) {
             client.read_request();
             client.write("HTTP/1.1 200 OK\r\nVia");
         },
         "its reply to CONNECT broke off: it closed the connection"},
        {[](peer& client) {
             client.read_request();
             client.write("SSH-2.0-OpenSSH_9.2\r\n");
         },
         "does not answer as one"},
        {[](peer& client) {
             client.read_request();
             client.write("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'a'));
             client.wait_until_closed();
         },
         "does not answer as one"},
        {[](peer& client) {
             client.read_request();
             client.write(way_opened + "HTTP/1.1 200 OK\r\n\r\n");
             client.wait_until_closed();
         },
         "does not answer as one: something stands behind it"},
    }));
    scripted_server proxy({play});
    const auto result = with.send(through(proxy.port(), with.to("https://192.0.2.7:8443")));
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem,
               Contains("the proxy http://127.0.0.1:") && Contains(why) && Contains("instance.proxy.url"));
}

TEST_CASE("a proxy that never answers, or opens a way to nowhere, is given up on with the connect timeout") {
    client_fixture with;
    const bool opens = GENERATE(true, false);
    scripted_server proxy({[opens](peer& client) {
        client.read_request();
        if (opens)
            client.write(way_opened);
        client.wait_until_closed();
    }});
    const auto result =
        with.send(through(proxy.port(), with.to("https://192.0.2.7:8443")), {short_time, patient.request});
    CHECK(result.reached == reached::nothing);
    CHECK(result.timed_out);
    CHECK_THAT(result.problem,
               Contains("no connection within 50ms: ") && Contains("the proxy http://127.0.0.1:"));
}

TEST_CASE("a proxy that is not there is named") {
    const name_server names;
    client_fixture with({std::chrono::hours(1), 64, names.address()});
    const refusing_port port;
    auto where = through(port.number(), with.to("https://192.0.2.7:8443"));
    CHECK_THAT(with.send(where).problem, Contains("the proxy http://127.0.0.1:") &&
                                             Contains("cannot connect") && Contains("instance.proxy.url"));
    where.proxy.url.host = "proxy.invalid";
    const auto result = with.send(where);
    CHECK(result.reached == reached::nothing);
    CHECK(result.hindrance == core::hindrance::proxy);
    CHECK_THAT(result.problem, Contains("the proxy http://proxy.invalid:") && Contains("cannot look up"));
}

TEST_CASE("a login that the proxy does not accept is told apart from one that is missing") {
    client_fixture with;
    // Tinyproxy's answer to a wrong password is 401.
    const std::string reply = GENERATE("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
                                       "HTTP/1.0 401 Unauthorized\r\n\r\n");
    scripted_server proxy({replies({reply})});
    with.secrets.values["https_proxy"] =
        "http://user:hush-hush-hush-hush@127.0.0.1:" + std::to_string(proxy.port());
    auto where = with.to("https://192.0.2.7:8443");
    where.proxy = {core::proxy_settings::source::environment};
    CHECK_THAT(with.send(where).problem, Contains("does not accept the user name and password") &&
                                             Contains("in the variable") && !Contains("user:"));
}

TEST_CASE("a refused login names the settings of its side in full") {
    client_fixture with;
    const std::string side = GENERATE("cloud", "instance");
    scripted_server proxy({replies({"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"})});
    auto where = through(proxy.port(), with.to("https://192.0.2.7:8443"));
    where.side = side;
    where.proxy.username = "user";
    where.proxy.password = core::secret_reference{core::secret_reference::source::file, "password"};
    with.secrets.values["password"] = "hush-hush";
    CHECK_THAT(with.send(where).problem,
               Contains("correct " + side + ".proxy.username and what " + side + ".proxy.password points to"));
}
