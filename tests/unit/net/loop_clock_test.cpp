#include "net/loop_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <memory>

using namespace tunnelkeyd;

TEST_CASE("an alarm rings once, from the loop, and not before its time") {
    boost::asio::io_context loop;
    net::loop_clock clock(loop);
    const auto at = clock.now().steady + core::duration(2);
    unsigned rung = 0;
    clock.set_alarm({at}, [&] {
        ++rung;
        CHECK(clock.now().steady >= at);
    });
    CHECK(rung == 0);
    loop.run();
    CHECK(rung == 1);
}

TEST_CASE("an alarm rings at the earlier of its two times, by either clock") {
    boost::asio::io_context loop;
    net::loop_clock clock(loop);
    const auto now = clock.now();
    const bool by_wall = GENERATE(true, false);
    const core::duration soon(2);
    const auto far = std::chrono::hours(1);
    bool rung = false;
    clock.set_alarm({now.steady + (by_wall ? far : soon), now.wall + (by_wall ? soon : far)}, [&] {
        rung = true;
        CHECK((by_wall ? clock.now().wall >= now.wall + soon : clock.now().steady >= now.steady + soon));
    });
    loop.run();
    CHECK(rung);
}

TEST_CASE("an alarm that is past rings at once, but not from inside the call") {
    boost::asio::io_context loop;
    net::loop_clock clock(loop);
    bool rung = false;
    clock.set_alarm({clock.now().steady - std::chrono::hours(1)}, [&rung] { rung = true; });
    CHECK_FALSE(rung);
    loop.run();
    CHECK(rung);
}

TEST_CASE("an alarm replaces the one before, even one that is due already") {
    boost::asio::io_context loop;
    net::loop_clock clock(loop);
    std::string rung;
    clock.set_alarm({clock.now().steady}, [&rung] { rung += "first"; });
    clock.set_alarm({clock.now().steady}, [&rung] { rung += "second"; });
    loop.run();
    CHECK(rung == "second");
}

TEST_CASE("an alarm may set the next one") {
    boost::asio::io_context loop;
    net::loop_clock clock(loop);
    unsigned rung = 0;
    const std::function<void()> again = [&] {
        if (++rung < 3)
            clock.set_alarm({clock.now().steady}, again);
    };
    clock.set_alarm({clock.now().steady}, again);
    loop.run();
    CHECK(rung == 3);
}

TEST_CASE("a clock that is destroyed does not ring") {
    boost::asio::io_context loop;
    auto clock = std::make_unique<net::loop_clock>(loop);
    bool rung = false;
    clock->set_alarm({clock->now().steady}, [&rung] { rung = true; });
    clock.reset();
    loop.run();
    CHECK_FALSE(rung);
}
