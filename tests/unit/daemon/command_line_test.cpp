#include "daemon/command_line.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

/// Parses the words; what is printed goes to `said`.
std::variant<daemon::command_line, int> parse_saying(std::ostringstream& said, std::vector<const char*> words) {
    words.insert(words.begin(), "tunnelkeyd");
    auto* const out = std::cout.rdbuf(said.rdbuf());
    auto* const err = std::cerr.rdbuf(said.rdbuf());
    auto parsed = daemon::parse_command_line(static_cast<int>(words.size()), words.data());
    std::cout.rdbuf(out);
    std::cerr.rdbuf(err);
    return parsed;
}

/// The same; what is printed goes nowhere.
std::variant<daemon::command_line, int> parse(const std::vector<const char*>& words) {
    std::ostringstream nowhere;
    return parse_saying(nowhere, words);
}

/// What is said of words that are wrong.
std::string refused(const std::vector<const char*>& words) {
    std::ostringstream said;
    CHECK(std::get<int>(parse_saying(said, words)) == 64);
    return said.str();
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

TEST_CASE("a command that there is not is named, with the one that was meant, and those that there are") {
    constexpr const char* all =
        "\n  -> there are: run, check, version, plan, status, history, preflight, rotate, pause, "
        "resume, reload, pending\n";
    CHECK(refused({"staus"}) ==
          std::string("tunnelkeyd: there is no command \"staus\"; did you mean \"status\"?") + all);
    CHECK(refused({"bogus", "--json"}) == std::string("tunnelkeyd: there is no command \"bogus\"") + all);
    CHECK(refused({}) == std::string("tunnelkeyd: no command was given") + all);
    CHECK(refused({"pending", "revel", "jira"}) ==
          "tunnelkeyd: there is no command \"pending revel\"; did you mean \"reveal\"?\n"
          "  -> there are: reveal, resolve\n");
}

TEST_CASE("other words that are wrong are named with their command, and where its help is") {
    CHECK(refused({"status", "--wach"}) ==
          "tunnelkeyd: status --wach: there is no such option; did you mean \"--watch\"?\n"
          "  -> tunnelkeyd status --help shows what it takes\n");
    CHECK(refused({"--confg=x", "status"})
              .starts_with("tunnelkeyd: status --confg=x: there is no such option; did you mean "
                           "\"--config\"?\n"));
    CHECK(refused({"status", "jira", "bamboo"})
              .starts_with("tunnelkeyd: status bamboo: that is one word too many\n"));
    CHECK(refused({"rotate"}) == "tunnelkeyd: rotate: TUNNEL or --all is required\n"
                                 "  -> tunnelkeyd rotate --help shows what it takes\n");
    CHECK(refused({"pending", "resolve", "jira", "--installed", "--key", "-1"}) ==
          "tunnelkeyd: pending resolve: --key: \"-1\" is no key's number; tunnelkeyd pending shows it\n"
          "  -> tunnelkeyd pending resolve --help shows what it takes\n");
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
        std::ostringstream help;
        CHECK(std::get<int>(parse_saying(help, words)) == 0);
        INFO(help.str());
        CHECK(count(help.str(), "\n  --config FILE=/etc/tunnelkeyd/config.yaml") == 1);
    }
    std::ostringstream help;
    static_cast<void>(parse_saying(help, {"pending", "resolve", "--help"}));
    CHECK(count(help.str(), "\n  --key NUMBER") == 1);
}
