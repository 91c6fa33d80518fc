#include "support/server_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;

namespace {

/// The one reply to `text`, behind which the server closes.
reply last_reply_to(const server_fixture& server, const std::string& text, bool head = false) {
    auto connection = server.connect();
    connection.send(text);
    auto got = connection.read_reply(head);
    CHECK(got.header["connection"] == "close");
    connection.finish();
    CHECK(connection.read_to_end().empty());
    if (!head && got.status >= 400) {
        const auto error = json::parse(got.body);
        CHECK_FALSE(error.at("code").get<std::string>().empty());
        CHECK_FALSE(error.at("message").get<std::string>().empty());
        CHECK_FALSE(error.at("remedy").get<std::string>().empty());
    }
    return got;
}

}  // namespace

TEST_CASE("a connection serves one request after another") {
    const server_fixture server;
    auto connection = server.connect();
    for (int i = 0; i < 3; ++i)
        for (const char* path : {"/livez", "/status", "/no"}) {
            const auto got = connection.ask(path);
            CHECK(got.status != 0);
            CHECK(got.header.at("connection") == "keep-alive");
        }
}

TEST_CASE("requests sent in one go are answered in their order") {
    const server_fixture server;
    auto connection = server.connect();
    connection.send("GET /livez HTTP/1.1\r\n\r\nHEAD /status HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\n\r\n"
                    "GET /no HTTP/1.1\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\n\r\n");
    CHECK(connection.read_reply().body == "ok\n");
    CHECK(connection.read_reply(true).status == 200);
    CHECK(connection.read_reply().body == "ready\n");
    CHECK(connection.read_reply().status == 404);
    CHECK(connection.read_to_end().empty());
}

TEST_CASE("a client that says close or speaks HTTP 1.0 is closed behind its answer") {
    const server_fixture server;
    CHECK(last_reply_to(server, "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n").status == 200);
    CHECK(last_reply_to(server, "GET /livez HTTP/1.0\r\n\r\n").status == 200);
    CHECK(last_reply_to(server, "HEAD /livez HTTP/1.0\r\n\r\n", true).status == 200);
    auto kept = server.connect();
    for (int i = 0; i < 2; ++i) {
        kept.send("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(kept.read_reply().header.at("connection") == "keep-alive");
    }
}

TEST_CASE("another method than GET and HEAD is a 405 that says which there are") {
    const server_fixture server;
    auto connection = server.connect();
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "BREW"}) {
        const auto got = connection.ask("/livez", method);
        INFO(method);
        CHECK(got.status == 405);
        CHECK(got.header.at("allow") == "GET, HEAD");
        CHECK(json::parse(got.body).at("code") == "method_not_allowed");
    }
    CHECK(connection.ask("/livez").status == 200);
    CHECK(last_reply_to(server, "POST /livez HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").status == 405);
}

TEST_CASE("a request with a body is refused, and the connection closed") {
    const server_fixture server;
    const std::string line = "GET /livez HTTP/1.1\r\n";
    CHECK(last_reply_to(server, line + "Content-Length: 5\r\n\r\nhello").status == 413);
    CHECK(last_reply_to(server, line + "Content-Length: 5\r\n\r\n").status == 413);
    CHECK(last_reply_to(server, line + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").status ==
          413);
    CHECK(last_reply_to(server, line + "Content-Length: 18446744073709551615\r\n\r\n").status == 413);
    CHECK(last_reply_to(server, line + "Content-Length: 50000000\r\n\r\n" + std::string(200'000, 'x')).status ==
          413);
    auto connection = server.connect();
    connection.send(line + "Content-Length: 0\r\n\r\n");
    CHECK(connection.read_reply().status == 200);
    CHECK(connection.ask("/livez").status == 200);
}

TEST_CASE("a header above the limit is refused, and one below it is not") {
    auto limits = patient_limits();
    limits.header = 1024;
    const server_fixture server(good_look(), limits);
    const std::string line = "GET /livez HTTP/1.1\r\nX: ";
    const auto padding = limits.header - line.size() - 4;
    auto connection = server.connect();
    connection.send(line + std::string(padding, 'x') + "\r\n\r\n");
    CHECK(connection.read_reply().status == 200);
    CHECK(last_reply_to(server, line + std::string(padding + 1, 'x') + "\r\n\r\n").status == 431);
    CHECK(last_reply_to(server, line + std::string(100'000, 'x')).status == 431);
    CHECK(last_reply_to(server, "GET /" + std::string(100'000, 'x')).status == 431);
}

TEST_CASE("what is no HTTP is a 400, and the connection closed") {
    const server_fixture server;
    for (const char* text :
         {"hello\r\n\r\n", "GET /livez\r\n\r\n", "GET /livez HTTP/2.0\r\n\r\n",
          "GET /livez HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
          "GET /livez HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "GET /livez HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "GET /livez HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        INFO(text);
        CHECK(last_reply_to(server, text).status == 400);
    }
}

TEST_CASE("a whole URL in place of a path is understood") {
    const server_fixture server;
    CHECK(server.get("http://localhost:9847/livez?x").status == 200);
    CHECK(server.get("http://localhost").status == 404);
}

TEST_CASE("a client that leaves in the middle does no harm") {
    held_looks looks;
    server_fixture server(looks.look());
    for (const char* text : {"", "GET", "GET /livez HTTP/1.1\r\n", "GET /livez HTTP/1.1\r\n\r\nGET"})
        server.connect().send(text);
    server.connect().send("GET /status HTTP/1.1\r\n\r\n");
    looks.wait_for(1);
    server.on_loop([&looks] { looks.take().at(0)(some_overview()); });
    CHECK(server.get("/livez").status == 200);
}

TEST_CASE("random bytes are answered or closed, and the server goes on") {
    const server_fixture server;
    std::mt19937 random(20260301);  // NOLINT: the same each time
    const auto below = [&random](std::size_t limit) { return random() % limit; };
    const std::string good = "GET /healthz/jira?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    for (int i = 0; i < 500; ++i) {
        std::string text = i % 2 == 0 ? std::string() : good + good;
        if (text.empty())
            for (auto size = below(400); size > 0; --size)
                text += static_cast<char>(below(256));
        else
            for (auto changes = 1 + below(8); changes > 0; --changes)
                text[below(text.size())] = static_cast<char>(below(256));
        auto connection = server.connect();
        connection.send(text);
        connection.finish();
        CHECK_NOTHROW(connection.read_to_end());
        if (i % 50 == 0)
            CHECK(server.get("/livez").status == 200);
    }
    CHECK(server.get("/livez").status == 200);
}
