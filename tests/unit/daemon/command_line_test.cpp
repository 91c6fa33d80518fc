#include "daemon/command_line.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

struct outcome {
    std::variant<daemon::command_line, int> parsed;
    std::string printed;
};

outcome run(std::vector<const char*> words) {
    words.insert(words.begin(), "tunnelkeyd");
    std::ostringstream printed;
    auto* const out = std::cout.rdbuf(printed.rdbuf());
    auto* const err = std::cerr.rdbuf(printed.rdbuf());
    auto parsed = daemon::parse_command_line(static_cast<int>(words.size()), words.data());
    std::cout.rdbuf(out);
    std::cerr.rdbuf(err);
    return {std::move(parsed), printed.str()};
}

std::variant<daemon::command_line, int> parse(std::vector<const char*> words) {
    return run(std::move(words)).parsed;
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

TEST_CASE("status takes a tunnel or none, and history as many lines as it is told") {
    const auto all = std::get<daemon::command_line>(parse({"status", "--watch"}));
    CHECK(std::get<daemon::status_command>(all.command).watch);
    const auto one = std::get<daemon::command_line>(parse({"status", "jira", "--json"}));
    CHECK(std::get<daemon::status_command>(one.command).tunnel == "jira");
    CHECK(one.json);
    const auto history = std::get<daemon::command_line>(parse({"history", "jira", "--limit", "1000"}));
    CHECK(std::get<daemon::history_command>(history.command).limit == 1000);
    CHECK(std::get<int>(parse({"history", "--limit", "1001"})) == 64);
    CHECK(std::get<int>(parse({"status", "--watch", "--json"})) == 64);
    CHECK(std::get<int>(parse({"status", "jira", "bamboo"})) == 64);
}

TEST_CASE("rotate takes tunnels or --all") {
    const auto some = std::get<daemon::command_line>(parse({"rotate", "jira", "bamboo", "--wait"}));
    CHECK(std::get<daemon::rotate_command>(some.command).tunnels == std::vector<std::string>{"jira", "bamboo"});
    CHECK(std::get<daemon::rotate_command>(some.command).wait);
    CHECK(std::get<daemon::rotate_command>(std::get<daemon::command_line>(parse({"rotate", "--all"})).command)
              .all);
    CHECK(std::get<int>(parse({"rotate"})) == 64);
    CHECK(std::get<int>(parse({"rotate", "jira", "--all"})) == 64);
}

TEST_CASE("pending lists, reveals or resolves") {
    using action = daemon::pending_command::action;
    const auto pending = [](const std::vector<const char*>& words) {
        return std::get<daemon::pending_command>(std::get<daemon::command_line>(parse(words)).command);
    };
    CHECK(pending({"pending"}).what == action::list);
    const auto reveal = pending({"pending", "reveal", "jira", "--yes"});
    CHECK(reveal.what == action::reveal);
    CHECK(reveal.tunnel == "jira");
    CHECK(reveal.yes);
    const auto installed = pending({"pending", "resolve", "jira", "--installed", "--key", "4"});
    CHECK(installed.what == action::resolve);
    CHECK(installed.how == core::resolution::installed);
    CHECK(installed.number == 4);
    const auto regenerate = pending({"pending", "resolve", "jira", "--regenerate"});
    CHECK(regenerate.how == core::resolution::regenerate);
    CHECK_FALSE(regenerate.number);
    for (const auto& words :
         std::vector<std::vector<const char*>>{{"pending", "reveal"},
                                               {"pending", "resolve", "jira"},
                                               {"pending", "resolve", "jira", "--installed", "--regenerate"},
                                               {"pending", "resolve", "jira", "--installed", "--key", "-1"},
                                               {"pending", "reveal", "jira", "resolve", "jira", "--installed"}})
        CHECK(std::get<int>(parse(words)) == 64);
}

TEST_CASE("the help of each command has what it takes, the configuration once among it") {
    const auto count = [](const std::string& text, const std::string& what) {
        int found = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
            ++found;
        return found;
    };
    for (const auto& words : std::vector<std::vector<const char*>>{
             {"--help"}, {"check", "--help"}, {"pending", "--help"}, {"pending", "resolve", "--help"}}) {
        const auto help = run(words);
        INFO(help.printed);
        CHECK(std::get<int>(help.parsed) == 0);
        CHECK(count(help.printed, "\n  --config FILE=/etc/tunnelkeyd/config.yaml") == 1);
    }
    CHECK(count(run({"pending", "resolve", "--help"}).printed, "\n  --key NUMBER") == 1);
}
