#include "daemon/commands/watch.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

TEST_CASE("a frame is drawn over the last one, and leaves nothing of it") {
    CHECK(daemon::frame("one\ntwo\n", 24) == "\x1b[Hone\x1b[K\r\ntwo\x1b[K\r\n\x1b[J");
}

TEST_CASE("a frame that is too high is cut, and says so") {
    CHECK(daemon::frame("1\n2\n3\n4\n", 4) ==
          "\x1b[H1\x1b[K\r\n2\x1b[K\r\n... and 2 more lines\x1b[K\r\n\x1b[J");
}

TEST_CASE("a first Ctrl-C is noted, and ends a wait at once") {
    const daemon::interruption stop;
    CHECK_FALSE(stop.came());
    std::raise(SIGINT);
    CHECK(stop.came());
    const auto began = std::chrono::steady_clock::now();
    CHECK(stop.wait(1h));
    CHECK(std::chrono::steady_clock::now() - began < 1min);
}
