#include "daemon/commands/asked_entry.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using lines = std::vector<std::string>;

namespace {

/// Asks, and returns in which order what was entered and what was asked.
lines entered_and_asked(const std::string& method, const std::string& target, const std::string& body = "") {
    lines happened;
    const auto ask = daemon::entered(
        [&](const std::string& how, const std::string& what, const std::string& with, core::duration) {
            happened.push_back(how + " " + what + " " + with);
            return serve::control_reply{200, "done"};
        },
        "/run/sock",
        [&](std::string_view tunnel, const core::notice& event) {
            REQUIRE(event.fields.size() == 1);
            happened.push_back(std::string(event.name) + " " + std::string(tunnel) + ": " + event.message +
                               "; " + std::string(event.fields[0].first) + " " + event.fields[0].second);
        });
    CHECK(ask(method, target, body, std::chrono::seconds(1)).body == "done");
    return happened;
}

}  // namespace

TEST_CASE("what changes something is entered before it is asked for") {
    CHECK(entered_and_asked("POST", "/v1/tunnels/a%20b/pause") ==
          lines{"command.asked a b: the daemon is asked: POST /v1/tunnels/a%20b/pause; socket /run/sock",
                "POST /v1/tunnels/a%20b/pause "});
    CHECK(
        entered_and_asked("POST", "/v1/pending/jira/resolve", R"({"how":"installed"})").front() ==
        R"(command.asked jira: the daemon is asked: POST /v1/pending/jira/resolve {"how":"installed"}; socket /run/sock)");
    CHECK(entered_and_asked("POST", "/v1/reload").size() == 2);
}

TEST_CASE("what only looks is not entered") {
    for (const char* target : {"/status", "/status/jira", "/v1/history?tunnel=jira", "/v1/pending"})
        CHECK(entered_and_asked("GET", target).size() == 1);
}
