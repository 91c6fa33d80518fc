#include "daemon/commands/by_hand.hpp"
#include "daemon/commands/pending.hpp"
#include "fixture.hpp"
#include "serve/control_json.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

namespace {

core::pending_report gap(const std::string& tunnel) {
    core::pending_report report;
    report.tunnel = tunnel;
    report.id = {"0c632b13", tunnel + "-host"};
    report.organization = "acme";
    report.instance_url = "https://" + tunnel + ".example.com/base";
    report.state = "waiting";
    report.gap_opened_at = now - 10min;
    report.number = 4;
    report.minted_at = now - 9min;
    report.regenerates = 1;
    report.installs = 14;
    report.problems = in_danger(tunnel).problems;
    return report;
}

daemon::pending_view view_of(const core::pending_report& report) {
    return daemon::read_pending(serve::text_of(std::vector{report})).at(0);
}

std::string text_of(const std::vector<core::pending_report>& gaps) {
    std::ostringstream out;
    daemon::print_pending(out, daemon::read_pending(serve::text_of(gaps)), now, {});
    return out.str();
}

core::tunnel settings_with(core::instance_auth auth) {
    auto settings = *tunnel("jira").settings;
    settings.instance.auth = std::move(auth);
    return settings;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("pending shows each open gap, its key, and what stands in the way") {
    auto unknown = gap("bamboo");
    unknown.number = 0;
    unknown.minted_at.reset();
    unknown.problems.clear();
    auto jira = gap("jira");
    jira.problems.push_back({core::health::degraded, "instance_not_ready", "install: HTTP 503",
                             jira.problems.front().remedy, std::nullopt});
    CHECK(is_documented(text_of({jira, unknown})));
    CHECK(text_of({jira, unknown}) ==
          R"(TUNNEL  GAP OPEN SINCE        STATE    KEY               TRIES
jira    2026-12-05T02:00:00Z  waiting  number 4, 9m ago  1+14
bamboo  2026-12-05T02:00:00Z  waiting  none is stored    1+14

jira: FAILING gap_open for 10m, since 2026-12-05T02:00:00Z
  the key gap is open since 2026-12-05T02:00:00Z: a new key was made and is not
  installed yet (install: HTTP 503)
  -> bring the instance back, or the network on the way to it: the key is sent
     again until it is installed
)");
}

TEST_CASE("pending fits 80 columns") {
    auto widest = gap(std::string(100, 'n'));
    widest.state = "regenerating";
    widest.number = 1'000'000;
    widest.minted_at = now - 119min;
    widest.installs = 10'000;
    widest.problems.clear();
    CHECK(widest_line(text_of({widest})) == 80);
}

TEST_CASE("the steps by hand keep every secret off the command line") {
    const auto settings = settings_with(
        core::bearer_auth{{core::secret_reference::source::file, "/etc/tunnelkeyd/secrets/jira-pat"}});
    const auto steps = daemon::steps_by_hand(view_of(gap("jira")), "AbC-_=", &settings, {});
    CHECK(steps == R"(The new key of jira is on standard output. Two steps install it by hand.

1. Give it to the instance, with the credentials of a system administrator:

     (umask 077; (printf 'Authorization: Bearer '; cat /etc/tunnelkeyd/secrets/jira-pat) > login)
     tunnelkeyd pending reveal jira --yes 2>/dev/null |
       sed 's/.*/{"token": "&"}/' |
       curl --fail-with-body --request PUT --data-binary @- \
         --header 'Content-Type: application/json' \
         --header 'X-Atlassian-Token: no-check' --header @login \
         https://jira.example.com/base/rest/secure-tunneling/latest/tunnel/token
     rm login

2. Once that has succeeded, say so:

     tunnelkeyd pending resolve jira --installed --key 4

)");
    CHECK_FALSE(has(steps, "AbC"));
    CHECK(is_documented(steps));
}

TEST_CASE("the steps by hand fit how the tunnel is configured") {
    auto settings = settings_with(core::basic_auth{"it's me", {core::secret_reference::source::env, "X"}});
    settings.instance.tls.ca_file = "/etc/my ca.pem";
    settings.instance.tls.client_certificate = "/etc/rotator.pem";
    settings.instance.tls.client_key = "/etc/rotator.key";
    daemon::command_context all;
    all.config_option = " --config /srv/t.yaml";
    const auto basic = daemon::steps_by_hand(view_of(gap("jira")), "AbC", &settings, all);
    CHECK(has(basic, "--user 'it'\\''s me' \\\n         --cacert '/etc/my ca.pem' \\\n"
                     "         --cert /etc/rotator.pem \\\n         --key /etc/rotator.key \\\n"));
    CHECK_FALSE(has(basic, "login"));
    CHECK(has(basic, "pending reveal jira --yes --config /srv/t.yaml 2>/dev/null |\n"));
    CHECK(has(basic, "--installed --key 4 --config /srv/t.yaml\n"));

    auto held = gap("jira");
    held.state = "held";
    const auto unknown = daemon::steps_by_hand(view_of(held), "a\"b", nullptr, {});
    CHECK(has(unknown, "Careful: the cloud says that this key belongs to another instance."));
    CHECK(has(unknown, "cat THE-FILE-WITH-THE-ACCESS-TOKEN"));
    CHECK(has(unknown, "jq --raw-input '{token: .}' |\n"));
}

TEST_CASE("reveal without --yes says what it would do, and asks nobody") {
    fake_daemon there;
    daemon::command_context all;
    all.ask = there.asks();
    daemon::pending_command how;
    how.tunnel = "jira";
    try {
        static_cast<void>(daemon::reveal(all, how));
        FAIL("it revealed");
    } catch (const daemon::command_error& problem) {
        CHECK(problem.status() == daemon::exit_status::usage);
        CHECK(has(problem.what(), "tunnelkeyd pending reveal jira --yes"));
    }
    CHECK(there.asked.empty());
}
