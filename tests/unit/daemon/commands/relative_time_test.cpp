#include "daemon/commands/relative_time.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;
using daemon::brief;
using daemon::relative;

TEST_CASE("a length of time is told in one unit, rounded down") {
    CHECK(brief(0ms) == "0s");
    CHECK(brief(119'999ms) == "119s");
    CHECK(brief(2min) == "2m");
    CHECK(brief(119min + 59s) == "119m");
    CHECK(brief(2h) == "2h");
    CHECK(brief(47h + 59min) == "47h");
    CHECK(brief(48h) == "2d");
    CHECK(brief(std::chrono::days(400)) == "400d");
}

TEST_CASE("a time is told by how far away it is") {
    CHECK(relative(now - std::chrono::days(3), now) == "3d ago");
    CHECK(relative(now + std::chrono::days(27), now) == "in 27d");
    CHECK(relative(now - 999ms, now) == "now");
    CHECK(relative(now + 999ms, now) == "now");
    CHECK(relative(now - 1s, now) == "1s ago");
    CHECK(relative(now + 1s, now) == "in 1s");
    CHECK(daemon::both_ways(now - 10min, now) == "2026-12-05T02:00:00Z (10m ago)");
}
