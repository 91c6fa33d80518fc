#include "support/server_fixture.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <optional>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

struct listener {
    using place = core::listen_address;
    explicit listener(const core::listen_address& where) : server(loop, where, good_look(), metrics) {}

    boost::asio::io_context loop;
    serve::metrics_registry metrics;
    serve::health_server server;
};

}  // namespace

TEST_CASE("port 0 is any free one, and the address says which") {
    const listener made({"127.0.0.1", 0});
    const auto address = made.server.address();
    CHECK(address.starts_with("127.0.0.1:"));
    CHECK(address != "127.0.0.1:0");
}

TEST_CASE("an IPv6 address is served, and is that alone") {
    std::optional<listener> six;
    try {
        six.emplace(core::listen_address{"::1", 0});
    } catch (const serve::listen_error& error) {
        std::cout << "skipped: this machine has no IPv6: " << error.what() << '\n';
        return;
    }
    REQUIRE(six->server.address().starts_with("[::1]:"));
    CHECK_NOTHROW(client(six->server.address()));
    // On all addresses is on all of IPv6: IPv4 would come in as ::ffff:127.0.0.1.
    const listener all({"::", 0});
    REQUIRE(all.server.address().starts_with("[::]:"));
    const auto port = all.server.address().substr(5);
    CHECK_NOTHROW(client("[::1]:" + port));
    CHECK_THROWS(client("127.0.0.1:" + port));
}

TEST_CASE("a port that is taken is a temporary failure, and says what to do") {
    const listener first({"127.0.0.1", 0});
    const auto address = first.server.address();
    const auto port = static_cast<std::uint16_t>(std::stoul(address.substr(10)));
    const auto failed = failure_to_listen<listener>({"127.0.0.1", port});
    CHECK(failed.temporary);
    CHECK(failed.message == "cannot listen on " + address +
                                ": Address already in use; choose another health.listen, or end what listens "
                                "there");
}

TEST_CASE("an address that this machine has not is a temporary failure") {
    const auto failed = failure_to_listen<listener>({"192.0.2.1", 9847});
    CHECK(failed.temporary);
    CHECK(failed.message.starts_with("cannot listen on 192.0.2.1:9847: "));
    CHECK(failed.message.find("choose another health.listen") != std::string::npos);
}

TEST_CASE("what is no address is a lasting failure") {
    const auto failed = failure_to_listen<listener>({"localhost", 9847});
    CHECK_FALSE(failed.temporary);
    CHECK(failed.message.find("\"localhost\"") != std::string::npos);
    CHECK(failed.message.find("choose another health.listen") != std::string::npos);
}

TEST_CASE("a port can be had again at once, though its last connections linger") {
    core::listen_address where{"127.0.0.1", 0};
    {
        server_fixture server;
        where.port = static_cast<std::uint16_t>(std::stoul(server.address.substr(10)));
        auto connection = server.connect();
        CHECK(connection.ask("/livez").status == 200);
        server.end();  // closes first, so the connection lingers on this side
        CHECK(connection.read_to_end().empty());
    }
    CHECK_NOTHROW(listener(where));
}
