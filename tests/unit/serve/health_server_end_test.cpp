#include "support/server_fixture.hpp"

#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

#include <optional>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

/// One idle, one that was served, one in the middle of a request: all on `server`.
std::vector<client> open_some(const server_fixture& server) {
    std::vector<client> open;
    for (int i = 0; i < 3; ++i)
        open.push_back(server.connect());
    CHECK(open[1].ask("/livez").status == 200);
    open[2].send("GET /li");
    return open;
}

}  // namespace

TEST_CASE("a server that ends closes what is open, and leaves the loop nothing to do") {
    held_looks looks;
    server_fixture server(looks.look());
    auto open = open_some(server);
    open.push_back(server.connect());
    open.back().send("GET /status HTTP/1.1\r\n\r\n");
    looks.wait_for(1);
    server.end();
    for (auto& each : open)
        CHECK(each.read_to_end().empty());
    CHECK_THROWS(server.connect());
    // The answer to a look that comes after the end.
    looks.take().at(0)(some_overview());
}

TEST_CASE("a server that ends while a page is rendered waits for that") {
    const auto seen = many_tunnels(300);
    for (int i = 0; i < 20; ++i) {
        held_looks looks;
        std::optional<server_fixture> server(std::in_place, looks.look());
        std::vector<client> open;
        for (const char* path : {"/status", "/metrics", "/healthz"}) {
            open.push_back(server->connect());
            open.back().send("GET " + std::string(path) + " HTTP/1.1\r\n\r\n");
        }
        looks.wait_for(3);
        server->on_loop([&looks, &seen] {
            for (const auto& done : looks.take())
                done(seen);
        });
        if (i % 2 == 0)
            server->end();
        server.reset();
        for (auto& each : open)
            each.read_to_end();
    }
}

TEST_CASE("a server may end with its loop stopped, whatever is open") {
    held_looks looks;
    {
        server_fixture server(looks.look());
        auto open = open_some(server);
        open.push_back(server.connect());
        open.back().send("GET /status HTTP/1.1\r\n\r\n");
        looks.wait_for(1);
    }
    // The server and its loop are gone.
    looks.take().at(0)(some_overview());
}

TEST_CASE("a server that ends between two requests that came in one go looks for the first alone") {
    boost::asio::io_context loop;
    const serve::metrics_registry metrics;
    std::unique_ptr<serve::health_server> server;
    unsigned looks = 0;
    const auto look = [&](const serve::look_handler& done) {
        ++looks;
        boost::asio::post(loop, [&server] { server.reset(); });
        done(some_overview());
    };
    server = std::make_unique<serve::health_server>(loop, core::listen_address{"127.0.0.1", 0}, look, metrics);
    auto connection = client(server->address());
    connection.send("GET /readyz HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\n\r\n");
    loop.run();
    CHECK(looks == 1);
}

TEST_CASE("a look that is answered twice is answered once") {
    held_looks looks;
    server_fixture server(looks.look());
    auto connection = server.connect();
    connection.send("GET /status HTTP/1.1\r\n\r\n");
    looks.wait_for(1);
    server.on_loop([&looks] {
        const auto done = looks.take().at(0);
        done(some_overview());
        done(some_overview());
    });
    CHECK(connection.read_reply().status == 200);
    CHECK(connection.ask("/livez").body == "ok\n");
}
