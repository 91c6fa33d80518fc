#include "support/world.hpp"

namespace tunnelkeyd::testing {

using namespace std::chrono_literals;
using core::health;

core::wall_time noon() {
    return *core::parse_iso8601("2026-03-01T12:00:00Z");
}

core::problem problem_of(health severity, std::string_view code) {
    return {severity, code, "message of " + std::string(code), "remedy of " + std::string(code), noon() - 1h};
}

core::tunnel_overview good_tunnel(const std::string& name) {
    core::tunnel settings;
    settings.name = name;
    settings.organization = {"acme", "0c632b13", {}, {}};
    settings.hostname = "host-of-" + name;
    settings.instance.url = {"https", name + ".example.com", 443, "/app"};
    settings.instance.auth_expires = noon() + 24h * 90;
    core::tunnel_overview made;
    made.id = settings.id();
    made.settings = std::make_shared<const core::tunnel>(std::move(settings));
    made.name = name;
    made.state = "idle";
    made.client_certificate = {"/etc/tls/rotator.pem", noon() + 24h * 60};
    made.last_success = noon() - 24h;
    made.next = core::due_time{noon() + 24h * 29, core::reason::scheduled};
    made.preflight = core::preflight_report{noon() - 2h, {}};
    made.ended = {3, 1, 0, 0};
    return made;
}

core::overview some_overview() {
    core::overview made;
    made.at = noon();
    made.started_at = noon() - 24h * 7;
    made.reload.loaded_at = noon() - 24h;
    made.reload.failed_at = noon() - 1h;
    made.reload.errors = {"config.yaml:12:7: no"};
    made.problems = {problem_of(health::degraded, "reload_failed")};
    made.organizations.push_back(
        {"acme", noon() + 24h * 20, {problem_of(health::degraded, "api_key_expiring")}});

    auto wiki = good_tunnel("wiki");
    wiki.problems = {problem_of(health::degraded, "credentials_refused")};
    wiki.problems.front().since.reset();
    wiki.preflight->failure = core::preflight_failure{
        core::preflight_failure::check::credentials, "HTTP 401", "make a new token", {}};
    wiki.failures = 4;
    wiki.last_error = "HTTP 401";
    wiki.retry_at = noon() + 1h;

    auto jira = good_tunnel("jira");
    jira.problems = {problem_of(health::failing, "gap_open"), problem_of(health::degraded, "unconfirmed")};
    jira.state = "installing";
    jira.rotation = core::rotation_overview{core::reason::manual, noon() - 11min, 1, 7};
    jira.gap_opened_at = noon() - 10min;
    jira.key_pending = true;
    jira.confirmation_owed = true;

    made.tunnels = {std::move(wiki), std::move(jira), good_tunnel("bamboo")};
    return made;
}

core::overview many_tunnels(std::size_t count) {
    auto made = some_overview();
    for (std::size_t i = made.tunnels.size(); i < count; ++i)
        made.tunnels.push_back(good_tunnel("tunnel-" + std::to_string(i)));
    return made;
}

}  // namespace tunnelkeyd::testing
