#include "daemon/command_line.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

/// Parses the words; what is printed goes nowhere.
std::variant<daemon::command_line, int> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "tunnelkeyd");
    std::ostringstream nowhere;
    auto* const out = std::cout.rdbuf(nowhere.rdbuf());
    auto* const err = std::cerr.rdbuf(nowhere.rdbuf());
    auto parsed = daemon::parse_command_line(static_cast<int>(words.size()), words.data());
    std::cout.rdbuf(out);
    std::cerr.rdbuf(err);
    return parsed;
}

daemon::plan_command plan(const std::vector<const char*>& words) {
    return std::get<daemon::plan_command>(std::get<daemon::command_line>(parse(words)).command);
}

const core::wall_time fifth{std::chrono::sys_days(std::chrono::year(2026) / 12 / 5)};

}  // namespace

TEST_CASE("plan covers the next 90 days unless told otherwise") {
    CHECK_FALSE(plan({"plan"}).from);
    CHECK(plan({"plan"}).length == std::chrono::days(90));
    CHECK(plan({"plan", "--for", "14d12h"}).length == std::chrono::days(14) + 12h);
}

TEST_CASE("plan begins at a day in UTC, or at a time with Z or an offset") {
    CHECK(plan({"plan", "--from", "2026-12-05"}).from == fifth);
    CHECK(plan({"plan", "--from", "2026-12-05T02:00:00Z"}).from == fifth + 2h);
    CHECK(plan({"plan", "--from", "2026-12-05T02:00:00+01:00"}).from == fifth + 1h);
}

TEST_CASE("a --from or --for that says no time is a usage error") {
    for (const auto& words : std::vector<std::vector<const char*>>{{"plan", "--from", "tomorrow"},
                                                                   {"plan", "--from", "2026-02-30"},
                                                                   {"plan", "--from", "2026-12-05T02:00:00"},
                                                                   {"plan", "--from", "1969-12-31"},
                                                                   {"plan", "--from", "3000-01-01"},
                                                                   {"plan", "--for", "90"},
                                                                   {"plan", "--for", "0s"},
                                                                   {"plan", "--for", "-1d"},
                                                                   {"plan", "--for", "101y"},
                                                                   {"plan", "jira"}})
        CHECK(std::get<int>(parse(words)) == 64);
}

TEST_CASE("pause and resume take one tunnel or more") {
    const auto pause =
        std::get<daemon::command_line>(parse({"pause", "jira", "confluence", "--json", "--config", "here"}));
    CHECK(pause.json);
    CHECK(pause.config_file == "here");
    const auto& paused = std::get<daemon::pause_command>(pause.command);
    CHECK(paused.pause);
    CHECK(paused.tunnels == std::vector<std::string>{"jira", "confluence"});
    const auto resume = std::get<daemon::command_line>(parse({"resume", "jira"}));
    CHECK_FALSE(std::get<daemon::pause_command>(resume.command).pause);
    CHECK(std::get<int>(parse({"pause"})) == 64);
    CHECK(std::get<int>(parse({"resume"})) == 64);
}
