#include "core/health.hpp"
#include "health_situation.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::situation;
using testing::start_of_time;
using testing::verdicts;
using lines = std::vector<std::string>;

TEST_CASE("a tunnel without trouble has no problem") {
    CHECK(situation().at(start_of_time).empty());
    CHECK(worst_of({}) == health::ok);
}

TEST_CASE("a gap is no problem while it is young and nothing went wrong") {
    situation s;
    s.open_gap();
    CHECK(s.at(start_of_time).empty());
    CHECK(s.at(start_of_time + 5min).empty());
    CHECK(verdicts(s.at(start_of_time + 5min + 1ms)) == lines{"failing gap_open"});
    CHECK(s.at(start_of_time - 1h).empty());  // the wall clock stepped back
    s.limits.gap_failing_after = 0ms;
    CHECK(s.at(start_of_time).empty());
    CHECK(verdicts(s.at(start_of_time + 1ms)) == lines{"failing gap_open"});
}

TEST_CASE("a gap is degraded once a step went wrong, in this run or an earlier one") {
    situation s;
    s.open_gap();
    s.record.failures = 1;
    s.record.last_error = "HTTP 503";
    CHECK(verdicts(s.at(start_of_time)) == lines{"degraded gap_open", "degraded rotation_failing"});
    s.last_trouble = trouble{"instance_not_ready", "HTTP 503", "bring it back"};
    const auto found = s.at(start_of_time + 5min);
    CHECK(verdicts(found) == lines{"degraded gap_open", "degraded instance_not_ready"});
    CHECK(found[0].remedy == "bring it back");
    CHECK(found[0].since == start_of_time);
    CHECK(found[0].message.find("HTTP 503") != std::string::npos);
    CHECK(verdicts(s.at(start_of_time + 5min + 1ms)) ==
          lines{"failing gap_open", "degraded instance_not_ready"});
}

TEST_CASE("a gap says whether a key waits to be installed") {
    situation s;
    s.open_gap();
    CHECK(s.at(start_of_time + 1h)[0].message.find("may have made a new key") != std::string::npos);
    s.record.key.emplace();
    CHECK(s.at(start_of_time + 1h)[0].message.find("is not installed yet") != std::string::npos);
}

TEST_CASE("a tunnel that a guard holds is failing at once, and what went wrong before is no matter") {
    situation s;
    s.open_gap();
    s.held = true;
    s.record.last_error = "the cloud names another instance";
    s.last_trouble = trouble{"regenerate_unknown", "HTTP 500", "wait"};
    const auto found = s.at(start_of_time + 5min);
    CHECK(verdicts(found) == lines{"failing held"});
    CHECK(found[0].message.find("the cloud names another instance") != std::string::npos);
    CHECK(found[0].since == start_of_time);
    const auto late = s.at(start_of_time + 5min + 1ms);
    CHECK(verdicts(late) == lines{"failing held", "failing gap_open"});
    CHECK(late[1].remedy == late[0].remedy);
}

TEST_CASE("an orphan is failing, and only that: nobody can correct its settings") {
    situation s;
    s.open_gap();
    s.orphaned_because = "\"jira-2\" has its instance now";
    s.record.failures = 3;
    s.record.last_error = "HTTP 503";
    s.settings.instance.auth_expires = start_of_time;
    s.client_certificate = certificate{"CN=rotator", "", start_of_time};
    const auto found = s.at(start_of_time + 1h);
    CHECK(verdicts(found) == lines{"failing orphaned"});
    CHECK(found[0].message.find("jira-2") != std::string::npos);
    CHECK(found[0].since == start_of_time);
    const tunnel_facts unreadable{nullptr, s.record, false, "so", {}, s.last_trouble, nullptr, {}};
    CHECK(verdicts(problems_of(unreadable, s.limits, start_of_time)) == lines{"failing orphaned"});
}

TEST_CASE("a rotation overdue for longer than the limit is failing") {
    situation s;
    s.overdue_since = start_of_time;
    CHECK(s.at(start_of_time + 24h).empty());
    CHECK(verdicts(s.at(start_of_time + 24h + 1ms)) == lines{"failing overdue"});
    s.limits.overdue_failing_after = 1min;
    s.record.last_error = "HTTP 403";
    s.last_trouble = trouble{"regenerate_refused", "HTTP 403", "give it the right"};
    CHECK(verdicts(s.at(start_of_time + 1min)) == lines{"degraded regenerate_refused"});
    const auto found = s.at(start_of_time + 1min + 1ms);
    CHECK(verdicts(found) == lines{"failing overdue", "degraded regenerate_refused"});
    CHECK(found[0].remedy == "give it the right");
    CHECK(found[0].since == start_of_time);
    CHECK(found[0].message.find("HTTP 403") != std::string::npos);
}

TEST_CASE("a failed preflight is degraded under the code of what failed") {
    using check = preflight_failure::check;
    const std::pair<check, const char*> kinds[] = {
        {check::store, "store_failing"},
        {check::secret, "secret_unreadable"},
        {check::api_key, "api_key_refused"},
        {check::instance, "instance_not_ready"},
        {check::credentials, "credentials_refused"},
    };
    for (const auto& [at, code] : kinds) {
        situation s;
        s.preflight = preflight_failure{at, "a problem", "a remedy", {}};
        const auto found = s.at(start_of_time);
        CHECK(verdicts(found) == lines{std::string("degraded ") + code});
        CHECK(found[0].message.starts_with("a problem"));
        CHECK(found[0].remedy == "a remedy");
        CHECK(found[0].since == start_of_time);
    }
}

TEST_CASE("a refused client certificate is named by its file, and not by the token's") {
    situation s;
    s.settings.instance.tls.client_certificate = "/tls/rotator.pem";
    s.preflight =
        preflight_failure{preflight_failure::check::credentials, "no client certificate", "renew it", {}};
    CHECK(s.at(start_of_time)[0].message ==
          "no client certificate; the client certificate is that of file /tls/rotator.pem");
    s.settings.instance.tls.client_certificate.clear();
    CHECK(s.at(start_of_time)[0].message == "no client certificate");
}

TEST_CASE("refused credentials are named by where they come from, with a closed gap and an open one") {
    situation s;
    s.settings.instance.auth = bearer_auth{{secret_reference::source::file, "/secrets/jira-pat"}};
    s.preflight = preflight_failure{preflight_failure::check::credentials, "refused", "renew it", {}};
    CHECK(s.at(start_of_time)[0].message == "refused; the credentials are those of file /secrets/jira-pat");
    s.preflight.reset();
    s.open_gap();
    s.record.last_error = "install: HTTP 401";
    s.last_trouble = trouble{"credentials_refused", "install: HTTP 401", "renew it"};
    const auto found = s.at(start_of_time + 1h);
    CHECK(found[0].code == "gap_open");
    CHECK(
        found[0].message.ends_with("(install: HTTP 401; the credentials are those of file /secrets/jira-pat)"));
}

TEST_CASE("with the gap open a secret that cannot be read is what is to be mended, not the instance") {
    situation s;
    s.open_gap();
    s.record.last_error = "instance.auth: file /secrets/jira-pat does not exist";
    s.last_trouble = trouble{"secret_unreadable", s.record.last_error, ""};
    const auto found = s.at(start_of_time + 1h);
    CHECK(found[0].code == "gap_open");
    CHECK(found[0].remedy == unreadable_remedy);
}

TEST_CASE("what a preflight found counts for more than what came before") {
    situation s;
    s.last_trouble = trouble{"regenerate_refused", "HTTP 403", "give it the right"};
    s.preflight = preflight_failure{preflight_failure::check::instance, "it is down", "", {}};
    CHECK(verdicts(s.at(start_of_time)) == lines{"degraded instance_not_ready"});
}

TEST_CASE("failures of an earlier run are degraded until this one knows more") {
    situation s;
    s.record.failures = 2;
    s.record.last_error = "HTTP 404";
    const auto found = s.at(start_of_time);
    CHECK(verdicts(found) == lines{"degraded rotation_failing"});
    CHECK(found[0].message.find("HTTP 404") != std::string::npos);
    s.last_trouble = trouble{"wrong_url", "HTTP 404", ""};
    CHECK(verdicts(s.at(start_of_time)) == lines{"degraded wrong_url"});
}

TEST_CASE("a credential that ends is degraded from 30 days before on") {
    situation s;
    const auto ends = start_of_time + std::chrono::days(100);
    s.settings.instance.auth_expires = ends;
    CHECK(s.at(ends - std::chrono::days(30) - 1ms).empty());
    const auto found = s.at(ends - std::chrono::days(30));
    CHECK(verdicts(found) == lines{"degraded credential_expiring"});
    CHECK(found[0].message == "the instance credential ends on " + to_date(ends));
    CHECK(found[0].since == ends - std::chrono::days(30));
    CHECK(s.at(ends - 1ms)[0].message.find(" ends on ") != std::string::npos);
    CHECK(s.at(ends)[0].message == "the instance credential has ended on " + to_date(ends));
}

TEST_CASE("a client certificate that ends is degraded from 30 days before on, with its file, subject and day") {
    situation s;
    const auto ends = start_of_time + std::chrono::days(100) + 5h;
    s.settings.instance.tls.client_certificate = "/etc/tls/rotator.pem";
    s.client_certificate = certificate{"CN=rotator", "CN=corporate", ends};
    CHECK(s.at(ends - std::chrono::days(30) - 1ms).empty());
    const auto found = s.at(ends - std::chrono::days(30));
    CHECK(verdicts(found) == lines{"degraded client_certificate_expiring"});
    CHECK(found[0].message ==
          "the client certificate in /etc/tls/rotator.pem (CN=rotator) ends on " + to_date(ends));
    CHECK(found[0].remedy.find("read again by themselves") != std::string::npos);
    CHECK(found[0].since == ends - std::chrono::days(30));
    CHECK(s.at(ends - 1ms)[0].message.find(" ends on ") != std::string::npos);
    CHECK(s.at(ends)[0].message.find(" has ended on " + to_date(ends)) != std::string::npos);
    s.client_certificate.reset();
    CHECK(s.at(ends).empty());
}

TEST_CASE("a confirmation that is owed is degraded, though nothing is to be done about it") {
    situation s;
    s.record.confirmation_owed = true;
    s.record.last_unanswered_at = start_of_time;
    const auto found = s.at(start_of_time + 1h);
    CHECK(verdicts(found) == lines{"degraded unconfirmed"});
    CHECK(found[0].since == start_of_time);
}

TEST_CASE("the worst comes first, and every problem says what is wrong and what to do") {
    situation s;
    s.open_gap();
    s.overdue_since = start_of_time;
    s.last_trouble = trouble{"key_rejected", "HTTP 400", ""};  // the text says the remedy itself
    s.settings.instance.auth_expires = start_of_time;
    s.record.confirmation_owed = true;
    s.limits.overdue_failing_after = 1min;
    const auto found = s.at(start_of_time + 2min);
    CHECK(verdicts(found) == lines{"failing overdue", "degraded gap_open", "degraded key_rejected",
                                   "degraded credential_expiring", "degraded unconfirmed"});
    for (const auto& each : found) {
        CHECK_FALSE(each.message.empty());
        CHECK_FALSE(each.remedy.empty());
    }
    CHECK(worst_of(found) == health::failing);
}

TEST_CASE("each verdict has a word") {
    CHECK(to_string(health::ok) == "ok");
    CHECK(to_string(health::degraded) == "degraded");
    CHECK(to_string(health::failing) == "failing");
}
