#include "support/client_fixture.hpp"

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

TEST_CASE("a connection that was idle for the limit is not used again") {
    client_fixture with({core::duration(0), 64, ""});
    scripted_server server({replies({ok("1")}), replies({ok("2")})});
    std::string bodies;
    // The next request comes at once, before the timer that closes idle connections.
    const std::function<void(core::exchange)> again = [&](const core::exchange& result) {
        bodies += result.body.reveal();
        if (bodies.size() == 1)
            with.start(with.to(server.url()), again);
    };
    with.start(with.to(server.url()), again);
    run_until(with.loop, [&bodies] { return bodies.size() == 2; });
    CHECK(bodies == "12");
    CHECK(server.connections() == 2);
}

TEST_CASE("a connection that is too old is not used again, however short it was idle") {
    client_fixture with({std::chrono::hours(1), 64, "", core::duration(0)});
    scripted_server server({replies({ok("1"), ok("never")}), replies({ok("2")})});
    CHECK(with.send(server.url()).body.reveal() == "1");
    CHECK(with.send(server.url()).body.reveal() == "2");
}

TEST_CASE("a connection that is idle for too long is closed in good order") {
    client_fixture with({core::duration(1), 64, ""});
    std::promise<bool> ended;
    const auto play = [&ended](peer& client) {
        client.read_request();
        client.write(ok(""));
        ended.set_value(client.wait_until_closed());
    };
    scripted_server server({make_identity({}, &test_authority())}, {play});
    CHECK(with.send(server.url()).status == 200);
    auto notified = ended.get_future();
    run_until(with.loop,
              [&notified] { return notified.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    CHECK(notified.get());
}

TEST_CASE("the oldest idle connection makes room for a new one") {
    client_fixture with({std::chrono::hours(1), 2, ""});
    scripted_server server({replies({ok("a"), ok("a")}), replies({ok("b"), ok("b")}),
                            replies({ok("c"), ok("c")}), replies({ok("new")})});
    for (const char* path : {"/a", "/b", "/c"})
        CHECK(with.send(server.url(path)).status == 200);
    CHECK(with.send(server.url("/b")).body.reveal() == "b");
    CHECK(with.send(server.url("/c")).body.reveal() == "c");
    CHECK(server.connections() == 3);
    CHECK(with.send(server.url("/a")).body.reveal() == "new");
}

TEST_CASE("of two idle connections the one used last serves first") {
    client_fixture with;
    std::promise<void> both;
    const auto together = both.get_future().share();
    const auto play = [together](peer& client, const std::string& name) {
        client.read_request();
        together.wait();
        replies({ok("")});
        client.write(ok(name));
        client.read_request();
        client.write(ok(name));
        client.wait_until_closed();
    };
    scripted_server server(
        {[play](peer& client) { play(client, "1"); }, [play](peer& client) { play(client, "2"); }});
    std::vector<std::string> order;
    const auto note = [&order](const core::exchange& result) { order.emplace_back(result.body.reveal()); };
    with.start(with.to(server.url()), note);
    with.start(with.to(server.url()), note);
    run_until(with.loop, [&server] { return server.connections() == 2; });
    both.set_value();
    run_until(with.loop, [&order] { return order.size() == 2; });
    CHECK(with.send(server.url()).body.reveal() == order.back());
}
