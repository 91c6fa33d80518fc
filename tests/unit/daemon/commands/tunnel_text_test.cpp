#include "daemon/commands/status_text.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

namespace {

std::string text_of(const core::tunnel_overview& tunnel) {
    const auto seen = seen_of(all_of({tunnel}));
    std::ostringstream out;
    daemon::print_tunnel(out, seen, seen.tunnels.at(0), {});
    return out.str();
}

}  // namespace

TEST_CASE("status of one tunnel tells everything of it") {
    auto jira = in_danger("jira");
    jira.preflight = core::preflight_report{
        now - 11min, core::preflight_failure{core::preflight_failure::check::instance, "it says MAINTENANCE",
                                             "wait for it", std::nullopt}};
    const auto text = text_of(jira);
    CHECK(is_documented(text.substr(0, text.find("\n\n") + 1)));
    CHECK(text == R"(jira: FAILING; at 2026-12-05T02:10:00Z
  state         waiting
  key gap       open since 2026-12-05T02:00:00Z (10m ago); the new key is
                stored, and not installed
  last success  2026-11-05T02:10:00Z (30d ago)
  rotation      scheduled, began 2026-12-05T01:59:57Z (10m ago), 1 regenerate,
                14 install
  failures      14 in a row
  last error    install: HTTP 503
  next try      2026-12-05T02:10:30Z (in 30s)
  preflight     failed 2026-12-05T01:59:00Z (11m ago): it says MAINTENANCE
  instance      https://jira.example.com/base
  hostname      jira-host
  organization  acme (0c632b13)

jira: FAILING gap_open for 10m, since 2026-12-05T02:00:00Z
  the key gap is open since 2026-12-05T02:00:00Z: a new key was made and is not
  installed yet (install: HTTP 503)
  -> bring the instance back, or the network on the way to it: the key is sent
     again until it is installed
)");
}

TEST_CASE("status of a tunnel that was never rotated is short") {
    auto jira = tunnel("jira");
    jira.last_success.reset();
    CHECK(text_of(jira) == R"(jira: OK; at 2026-12-05T02:10:00Z
  state         idle
  key gap       closed
  last success  never
  next          2027-01-01T02:10:00Z (in 27d), scheduled
  instance      https://jira.example.com/base
  hostname      jira-host
  organization  acme (0c632b13)
)");
}

TEST_CASE("status of one tunnel tells when its client certificate ends") {
    auto jira = tunnel("jira");
    jira.client_certificate = {"/etc/tls/rotator.pem", now + std::chrono::days(20)};
    CHECK(text_of(jira).ends_with("  organization  acme (0c632b13)\n"
                                  "  certificate   2026-12-25T02:10:00Z (in 20d), where it ends\n"));
}
