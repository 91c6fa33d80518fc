#include "crash/report.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::crash;
using Catch::Contains;

namespace {

strike at(const std::string& point, strike::hit how) {
    strike one;
    one.at = parse_point(point);
    one.how = how;
    return one;
}

/// One as planned, one elsewhere, one that was not reached, and one that failed.
totals four() {
    totals all;
    all.recorded[{"KILL", "write"}] = {1'200, 1'000};
    all.recorded[{"EIO", "write"}] = {34, 30};
    all.strikes = {at("first/KILL/main/write/1", strike::hit::planned),
                   at("first/KILL/main/write/2", strike::hit::elsewhere),
                   at("first/KILL/main/write/3", strike::hit::missed),
                   at("first/EIO/main/write/4", strike::hit::planned)};
    all.strikes[1].extra = 2;
    all.strikes[1].gap = std::chrono::milliseconds(345);
    all.strikes[3].problems = {"the instance does not hold the cloud's key"};
    return all;
}

}  // namespace

TEST_CASE("a point that was not reached counts neither as struck nor as recovered") {
    const auto text = summary(four());
    CHECK_THAT(text, Contains("4 of 1,234 points recorded (204 out of strace's reach)"));
    CHECK_THAT(text, Contains("3 struck (1 of them not where recorded), 1 not reached, 2 recovered, 1 failed"));
    CHECK_THAT(text, Contains("at most 2 extra regenerates, longest gap 345 ms"));
}

TEST_CASE("the table has a line for each call and what was done to it") {
    const auto text = table(four());
    CHECK_THAT(text, Contains("| KILL       | write           |     1200 |   1000 |      2 |         2 |"));
    CHECK_THAT(text, Contains("| EIO        | write           |       34 |     30 |      1 |         0 |"));
}

TEST_CASE("a failure is shown with its reason and the command that plays it again") {
    const auto text = failures(four(), "tunnelkeyd-crash");
    CHECK_THAT(text, Contains("the instance does not hold the cloud's key"));
    CHECK_THAT(text, Contains("tunnelkeyd-crash --point first/EIO/main/write/4"));
}

TEST_CASE("a daemon that one failed call has left unwell is shown") {
    auto all = four();
    CHECK_THAT(needed_restart(all), Contains("first/EIO/main/write/4"));
    CHECK(needed_restart(all).find("KILL") == std::string::npos);
    all.strikes[3].by_itself = true;
    CHECK(needed_restart(all).empty());
    all.strikes[3] = at("first/EIO+/main/write/4", strike::hit::planned);
    CHECK(needed_restart(all).empty());
}

TEST_CASE("a sweep that reaches few of its points, or has none, is not believed") {
    auto all = four();
    CHECK_FALSE(is_credible(all));
    CHECK_FALSE(is_credible({}));
    for (int i = 0; i < 10; ++i)
        all.strikes.push_back(all.strikes.front());
    CHECK(is_credible(all));
}
