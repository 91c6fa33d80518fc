#include "daemon/commands/status_text.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;
using core::health;

namespace {

std::string text_of(const core::overview& all, bool everything = false, const daemon::display& on = {}) {
    std::ostringstream out;
    daemon::print_status(out, seen_of(all), everything, on);
    return out.str();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<core::tunnel_overview> many(std::size_t count) {
    std::vector<core::tunnel_overview> tunnels;
    for (std::size_t i = 0; i < count; ++i)
        tunnels.push_back(tunnel("tunnel-" + std::to_string(i)));
    return tunnels;
}

}  // namespace

TEST_CASE("status says which tunnel is in danger, since when, why, and what to do") {
    auto paused = tunnel("bamboo");
    paused.state = "paused";
    paused.next.reset();
    paused.problems.push_back({health::degraded, "paused", "no rotation begins: a person has paused the tunnel",
                               "let its rotations go on with: tunnelkeyd resume", now - std::chrono::days(2)});
    auto jira = in_danger("jira");
    jira.problems.push_back({health::degraded, "instance_not_ready", "install: HTTP 503",
                             jira.problems.front().remedy, std::nullopt});
    const auto text = text_of(all_of({tunnel("confluence"), paused, jira}));
    CHECK(is_documented(text));
    CHECK(text ==
          R"(FAILING: 3 tunnels, 1 failing, 1 degraded, 1 ok, 1 at work; at 2026-12-05T02:10:00Z

TUNNEL      STATE    LAST SUCCESS  NEXT          GAP
jira        waiting  30d ago       retry in 30s  10m
bamboo      paused   3d ago        -             -
confluence  idle     3d ago        in 27d        -

jira: FAILING gap_open for 10m, since 2026-12-05T02:00:00Z
  the key gap is open since 2026-12-05T02:00:00Z: a new key was made and is not
  installed yet (install: HTTP 503)
  -> bring the instance back, or the network on the way to it: the key is sent
     again until it is installed

bamboo: DEGRADED paused for 2d, since 2026-12-03T02:10:00Z
  no rotation begins: a person has paused the tunnel
  -> let its rotations go on with: tunnelkeyd resume
)");
}

TEST_CASE("status of a quiet daemon is a verdict and a table") {
    auto due = tunnel("jira");
    due.last_success.reset();
    due.next->at = now;
    CHECK(text_of(all_of({due})) == R"(OK: 1 tunnel, 1 ok; at 2026-12-05T02:10:00Z

TUNNEL  STATE  LAST SUCCESS  NEXT  GAP
jira    idle   never         now   -
)");
    CHECK(text_of(all_of({})) == "OK: 0 tunnels; at 2026-12-05T02:10:00Z\n");
}

TEST_CASE("the daemon's own problems and an organization's are told like a tunnel's") {
    auto all = all_of({tunnel("jira")});
    all.not_ready = "the state cannot be written: disk full";
    all.reload.needs_restart = {"health.listen"};
    all.problems.push_back(problem(health::failing, "store_failing", 60s));
    all.problems.back().since.reset();
    all.organizations.push_back({"acme", std::nullopt, {problem(health::degraded, "api_key_refused", 1h)}});
    CHECK(text_of(all) == R"(FAILING: 1 tunnel, 1 ok; at 2026-12-05T02:10:00Z
the daemon is not ready: the state cannot be written: disk full
counts from the next start of the daemon: health.listen

TUNNEL  STATE  LAST SUCCESS  NEXT    GAP
jira    idle   3d ago        in 27d  -

the daemon: FAILING store_failing
  what is wrong with it
  -> what to do about it

organization acme: DEGRADED api_key_refused for 60m, since 2026-12-05T01:10:00Z
  what is wrong with it
  -> what to do about it
)");
}

TEST_CASE("what an open gap's problem says, or the organization's, is not told twice") {
    auto jira = in_danger("jira");
    auto cause = jira.problems[0];
    cause.severity = health::degraded;
    cause.code = "instance_not_ready";
    cause.message = "install: HTTP 503";
    jira.problems.push_back(cause);
    jira.problems.push_back(problem(health::degraded, "api_key_refused", 1h));
    auto all = all_of({jira, tunnel("bamboo")});
    CHECK_FALSE(has(text_of(all), "instance_not_ready"));
    CHECK(has(text_of(all), "jira: DEGRADED api_key_refused"));
    all.organizations.push_back({"acme", std::nullopt, {problem(health::degraded, "api_key_refused", 1h)}});
    CHECK_FALSE(has(text_of(all), "jira: DEGRADED api_key_refused"));
    CHECK(has(text_of(all), "organization acme: DEGRADED api_key_refused"));
}

TEST_CASE("of many tunnels only those are shown that are not well or at work") {
    auto tunnels = many(30);
    tunnels[7] = in_danger("jira");
    tunnels[20].state = "installing";
    tunnels[20].rotation = core::rotation_overview{core::reason::scheduled, now, 1, 1};
    const auto text = text_of(all_of(tunnels));
    CHECK(has(text, "TUNNEL     STATE       LAST SUCCESS  NEXT          GAP\n"
                    "jira       waiting     30d ago       retry in 30s  10m\n"
                    "tunnel-20  installing  3d ago        -             -\n"
                    "... and 28 tunnels that are ok (--all shows them)\n"));
    CHECK_FALSE(has(text, "tunnel-8 "));
    CHECK(has(text_of(all_of(tunnels), true), "tunnel-8 "));
}

TEST_CASE("when very many are in trouble, the worst are shown, and the others counted") {
    auto tunnels = many(40);
    for (std::size_t i = 0; i < tunnels.size(); ++i) {
        tunnels[i].problems.push_back(
            problem(i == 39 ? health::failing : health::degraded, "rotation_failing", std::chrono::minutes(i)));
        tunnels[i].problems[0].message += " " + std::to_string(i);
    }
    const auto text = text_of(all_of(tunnels));
    CHECK(has(text, "\ntunnel-39  idle"));
    CHECK(has(text, "... and 20 more that are not ok or at work (--all shows them)\n"));
    CHECK(has(text, "\ntunnel-39: FAILING rotation_failing for 39m, since"));
    CHECK(text.ends_with("\n... and 30 rotation_failing (--all shows them)\n"));
    CHECK(has(text_of(all_of(tunnels), true), "\ntunnel-0: DEGRADED"));
}

TEST_CASE("tunnels with the same problem share one, since the first of them has it") {
    auto tunnels = many(4);
    for (auto& each : tunnels)
        each.problems.push_back(problem(health::degraded, "api_key_refused", 5min));
    tunnels[2].problems[0].since = now - 2h;
    CHECK(has(text_of(all_of(tunnels)),
              "\ntunnel-2, tunnel-0 and 2 more: DEGRADED api_key_refused for 2h, since\n"
              "2026-12-05T00:10:00Z\n"));
    tunnels.resize(2);
    CHECK(has(text_of(all_of(tunnels)), "\ntunnel-0 and tunnel-1: DEGRADED api_key_refused"));
}

TEST_CASE("status fits 80 columns, with names and messages however long") {
    auto worst = in_danger(std::string(100, 'n'));
    worst.state = "regenerating";
    worst.retry_at = now + 119min;
    worst.problems[0].message = "the instance says \xe5\x85\xa8\xe8\xa7\x92 and \x1b[2J much more " +
                                std::string(30, 'x') + " " + std::string(40, 'y');
    const auto text = text_of(all_of({worst, tunnel("jira")}));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with("nnn"))
            CHECK(line.size() <= 80);
    CHECK(has(text, "\n" + std::string(15, 'n') + "..." + std::string(14, 'n') +
                        "  regenerating  30d ago       retry in 119m  10m\n"));
    CHECK(has(text, "the instance says \\u5168\\u89d2 and \\u001b[2J much more"));
    CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("colours show the verdict, on a terminal") {
    daemon::display terminal;
    terminal.colour = true;
    const auto text = text_of(all_of({in_danger("jira"), tunnel("confluence")}), false, terminal);
    CHECK(has(text, "\x1b[1;31mFAILING\x1b[0m: 2 tunnels"));
    CHECK(has(text, "\x1b[1;31mjira\x1b[0m        \x1b[1;31mwaiting\x1b[0m  30d ago"));
    CHECK(has(text, "jira: \x1b[1;31mFAILING\x1b[0m gap_open"));
    CHECK(has(text, "\nconfluence  idle "));
}
