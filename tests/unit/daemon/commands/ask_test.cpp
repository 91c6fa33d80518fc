#include "daemon/commands/ask.hpp"
#include "daemon/commands/reload.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;
using daemon::exit_status;

namespace {

daemon::refused refusal(unsigned status, const std::string& body) {
    return daemon::refused(serve::control_reply{status, body});
}

}  // namespace

TEST_CASE("what the daemon refuses is told with its remedy, and ends with a status that says what it is") {
    const auto unknown =
        refusal(404, R"({"code": "unknown_tunnel", "message": "no \u001b[2J", "remedy": "look"})");
    CHECK(std::string(unknown.what()) == "no \\u001b[2J\n  -> look");
    CHECK(unknown.status() == exit_status::usage);
    CHECK(refusal(409, R"({"code": "orphaned", "message": "m", "remedy": "r"})").status() ==
          exit_status::failed);
    const auto configuration = refusal(
        422, R"({"code": "configuration", "message": "2 errors", "remedy": "r", "errors": ["a:1:2: x", "b"]})");
    CHECK(std::string(configuration.what()) == "2 errors\na:1:2: x\nb\n  -> r");
    CHECK(configuration.status() == exit_status::configuration);
}

TEST_CASE("an answer that is no error of ours is told by its status") {
    for (const char* body : {"", "<html>", "[]", R"({"code": 7})"})
        CHECK(std::string(refusal(502, body).what()) == "the daemon answered HTTP 502");
}

TEST_CASE("a daemon that is not there ends with 69, and a socket that is not for us with 1") {
    CHECK(daemon::status_of(no_daemon()) == exit_status::unavailable);
    CHECK(daemon::status_of(serve::control_error(serve::control_error::kind::forbidden, "")) ==
          exit_status::failed);
}

TEST_CASE("reload says what it changed, and what it did not") {
    const auto text = daemon::reload_text(
        R"({"changes": {"added": 1, "removed": 0, "renamed": 0, "changed": 2, "unchanged": 9},
            "warnings": ["config.yaml:6:11: health.listen: 10.0.0.7:9847 is not a loopback address: )"
        R"(anybody who can reach it can read the tunnels' names and states, as there is no login and no TLS"],
            "needs_restart": ["health.listen"]})",
        {});
    CHECK(is_documented(text));
    CHECK(text == "the configuration is in force; tunnels: 1 added, 2 changed, 9 unchanged\n"
                  "warning: config.yaml:6:11: health.listen: 10.0.0.7:9847 is not a loopback\n"
                  "         address: anybody who can reach it can read the tunnels' names and\n"
                  "         states, as there is no login and no TLS\n"
                  "counts from the next start of the daemon: health.listen\n");
}

TEST_CASE("an answer of another version is one clear error") {
    CHECK_THROWS_WITH(daemon::reload_text("{}", {}), Catch::Contains("is it of another version?"));
    CHECK_THROWS_WITH(daemon::read_status("[]"), Catch::Contains("cannot be understood"));
}
