#include "live.hpp"
#include "support/places.hpp"

#include <regex>

// What docs/commands.md and README.md show is what a daemon says, but for times, numbers and where lines are
// wrapped.

using nlohmann::json;
using tunnelkeyd::support::live;
using tunnelkeyd::support::project_file;
using tunnelkeyd::support::read_file;

namespace {

/// What the page shows below this command.
std::string shown_below(const std::string& command, const char* page_name = "docs/commands.md") {
    const auto page = read_file(project_file(page_name));
    const auto at = page.find("\n$ tunnelkeyd " + command + "\n");
    INFO(command);
    REQUIRE(at != std::string::npos);
    const auto begin = page.find('\n', at + 1) + 1;
    return page.substr(begin, std::min(page.find("\n$ ", begin), page.find("\n```", begin)) - begin);
}

std::string stable(const std::string& text) {
    const auto replaced = [](const std::string& from, const char* pattern, const char* with) {
        return std::regex_replace(from, std::regex(pattern), with);
    };
    auto some = replaced(text, "20[0-9]{2}-[0-9-]+T[0-9:]+Z", "TIME");
    some = replaced(some, "\\b([0-9]+(ms|s|m|h|d)|now)\\b( ago)?", "LONG");
    some = replaced(some, "[0-9]+ install\\b", "N install");
    some = replaced(some, "[0-9]+ in a row", "N in a row");
    some = replaced(some, "config.yaml:[0-9]+:[0-9]+", "config.yaml:L:C");
    return replaced(replaced(some, "\\s+", " "), " $", "");
}

struct three : live {
    three() : live(4) {
        config["tunnels"].erase(2);
        config["defaults"]["schedule"]["every"] = "27d";
        config["log"]["level"] = "info";
        begin();
    }

    void check(const std::string& command, std::vector<std::string> arguments) const {
        auto words = command;
        for (const auto& each : arguments)
            words += " " + each;
        CHECK(stable(tell(command, std::move(arguments)).output) == stable(shown_below(words)));
    }
};

}  // namespace

TEST_CASE_METHOD(three, "what the page shows of status is what is printed") {
    REQUIRE(tell("pause", {"bamboo"}).status == 0);
    fault("install", "status", {{"status", 503}, {"apply", false}, {"content_type", ""}}, 1, "jira");
    REQUIRE(tell("rotate", {"jira"}).status == 0);
    wait_for("rotation.backoff", "jira");
    wait_for_health("/healthz/jira", [](const json& seen) { return seen.at("status") == "failing"; });
    check("status", {});
}

TEST_CASE_METHOD(three, "what README shows of status is what is printed") {
    config["tunnels"].erase(2);
    REQUIRE(tell("reload").status == 0);
    fault("install", "status", {{"status", 503}, {"apply", false}}, 1, "jira");
    REQUIRE(tell("rotate", {"jira"}).status == 0);
    wait_for("rotation.backoff", "jira");
    wait_for_health("/healthz/jira", [](const json& seen) { return seen.at("status") == "failing"; });
    CHECK(stable(tell("status").output) == stable(shown_below("status", "README.md")));
}

TEST_CASE_METHOD(three, "what the page shows of rotate is what is printed") {
    fault("status", "hold", {}, 1, "bamboo");
    REQUIRE(tell("rotate", {"bamboo"}).status == 0);
    wait_for_request("status", "bamboo", 2);
    check("rotate", {"jira", "bamboo"});
    simulator.control().post("/release", json::object());
    wait_for("rotation.installed", "bamboo", 2);
    wait_for("rotation.installed", "jira", 2);

    fault("regenerate", "status", {{"status", 404}, {"content_type", ""}}, 1, "bamboo");
    config["tunnels"].erase(1);
    REQUIRE(tell("reload").status == 0);
    // Whichever ends first is printed first: jira's goes on until bamboo's has been seen to fail, or before it.
    auto seen = stable(tell("rotate", {"--all", "--wait"}).output);
    const std::string jira = "jira: installed ";
    if (const auto at = seen.find(jira); at != std::string::npos)
        seen = jira + seen.erase(at, jira.size());
    CHECK(seen == stable(shown_below("rotate --all --wait")));
}

TEST_CASE_METHOD(three, "what the page shows of pause and resume is what is printed") {
    check("pause", {"jira"});
    check("resume", {"jira"});
}

TEST_CASE_METHOD(three, "what the page shows of reload is what is printed") {
    auto& tunnels = config["tunnels"];
    const auto added = tunnels[2];
    tunnels.erase(2);
    REQUIRE(tell("reload").status == 0);
    tunnels.push_back(added);
    tunnels[0]["schedule"] = {{"every", "2d"}};
    tunnels[1]["schedule"] = {{"every", "2d"}};
    config["health"]["listen"] = "10.0.0.7:9847";
    auto page = stable(shown_below("reload"));
    auto seen = stable(tell("reload").output);
    for (auto* text : {&page, &seen}) {
        *text = std::regex_replace(*text, std::regex(", [0-9]+ unchanged"), "");
        *text = std::regex_replace(*text, std::regex("\\S*config.yaml:"), "config.yaml:");
    }
    CHECK(seen == page);
}

TEST_CASE_METHOD(three, "what the page shows of pending and of its steps by hand is what is printed") {
    fault("install", "status", {{"status", 503}, {"apply", false}, {"content_type", ""}}, 1, "jira");
    REQUIRE(tell("rotate", {"jira"}).status == 0);
    wait_for("rotation.backoff", "jira");
    wait_for_health("/healthz/jira", [](const json& seen) { return seen.at("status") == "failing"; });
    // The page has a second one, of which no key is stored.
    auto page = std::regex_replace(shown_below("pending"), std::regex("\nbamboo [^\n]*"), "");
    auto seen = tell("pending").output;
    for (auto* text : {&page, &seen})
        *text = std::regex_replace(stable(*text), std::regex("number [0-9]+|[0-9]+\\+[0-9]+"), "N");
    CHECK(seen == page);

    page = shown_below("pending reveal jira --yes");
    seen = tell("pending", {"reveal", "jira", "--yes"}).output;
    seen.replace(seen.find(truth("jira").at("cloud_key").get<std::string>() + "\n"),
                 truth("jira").at("cloud_key").get<std::string>().size() + 1, "");
    for (auto* text : {&page, &seen})
        for (const char* place : {" --config \\S+", " --cacert \\S+ \\\\", "cat \\S+",
                                  "https://\\S+/(jira|base)", "--key [0-9]+", "\\s+"})
            *text = std::regex_replace(*text, std::regex(place), " ");
    CHECK(std::regex_replace(seen, std::regex(" +$"), "") == std::regex_replace(page, std::regex(" +$"), ""));
}

TEST_CASE_METHOD(three, "history has the columns that the page shows") {
    const auto page = shown_below("history");
    const auto seen = tell("history").output;
    CHECK(stable(seen.substr(0, seen.find('\n'))) == stable(page.substr(0, page.find('\n'))));
}
