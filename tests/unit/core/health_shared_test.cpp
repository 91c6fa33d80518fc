#include "core/health.hpp"
#include "core/way.hpp"
#include "health_situation.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::start_of_time;
using testing::verdicts;
using lines = std::vector<std::string>;

// What is no one tunnel's: its organization's, and the daemon's.

TEST_CASE("an API key that ends is degraded from 30 days before on") {
    organization acme;
    CHECK(problems_of(acme, false, start_of_time).empty());
    const auto ends = start_of_time + std::chrono::days(365);
    acme.api_key_expires = ends;
    CHECK(problems_of(acme, false, ends - std::chrono::days(30) - 1ms).empty());
    const auto found = problems_of(acme, false, ends - std::chrono::days(30));
    CHECK(verdicts(found) == lines{"degraded api_key_expiring"});
    CHECK(found[0].message == "the organization's API key ends on " + to_date(ends));
    CHECK_FALSE(found[0].remedy.empty());
    CHECK(problems_of(acme, false, ends)[0].message.find("has ended on") != std::string::npos);
}

TEST_CASE("an API key that the cloud refuses is degraded, whatever the file says of its end") {
    organization acme;
    acme.api_key_expires = start_of_time;
    const auto found = problems_of(acme, true, start_of_time);
    CHECK(verdicts(found) == lines{"degraded api_key_refused", "degraded api_key_expiring"});
    CHECK_FALSE(found[0].message.empty());
    CHECK_FALSE(found[0].remedy.empty());
}

TEST_CASE("the client certificate for the cloud is degraded from 30 days before its end on") {
    cloud_settings cloud;
    cloud.tls.client_certificate = "/etc/tls/cloud.pem";
    const auto ends = start_of_time + std::chrono::days(365);
    const certificate held{"CN=rotator", "CN=corporate", ends};
    CHECK(problems_of(cloud, nullptr, ends).empty());
    CHECK_FALSE(next_change(nullptr, start_of_time));
    CHECK(problems_of(cloud, &held, ends - std::chrono::days(30) - 1ms).empty());
    CHECK(next_change(&held, start_of_time) == ends - std::chrono::days(30));
    const auto found = problems_of(cloud, &held, ends - std::chrono::days(30));
    CHECK(verdicts(found) == lines{"degraded cloud_client_certificate_expiring"});
    CHECK(found[0].message ==
          "the client certificate in /etc/tls/cloud.pem (CN=rotator) ends on " + to_date(ends));
    CHECK_FALSE(found[0].remedy.empty());
    CHECK(next_change(&held, ends - std::chrono::days(30)) == ends);
    CHECK(problems_of(cloud, &held, ends)[0].message.find("has ended on") != std::string::npos);
    CHECK_FALSE(next_change(&held, ends));
}

TEST_CASE("a store that cannot write is failing") {
    CHECK(problems_of(reload_report{start_of_time, {}, {}, {}}, "").empty());
    const auto found = problems_of(reload_report{start_of_time, {}, {}, {}}, "No space left on device");
    CHECK(verdicts(found) == lines{"failing store_failing"});
    CHECK(found[0].message.find("No space left on device") != std::string::npos);
    CHECK_FALSE(found[0].remedy.empty());
}

TEST_CASE("a configuration that was refused is degraded, with its first error and a count") {
    reload_report reload{start_of_time, start_of_time + 1h, {"c:1:1: wrong"}, {}};
    auto found = problems_of(reload, "");
    CHECK(verdicts(found) == lines{"degraded reload_failed"});
    CHECK(found[0].message.ends_with("stays in force: c:1:1: wrong"));
    CHECK(found[0].since == start_of_time + 1h);
    CHECK_FALSE(found[0].remedy.empty());
    reload.errors.insert(reload.errors.end(), {"second", "third"});
    CHECK(problems_of(reload, "")[0].message.ends_with("c:1:1: wrong (and 2 more)"));
    reload.errors.clear();
    CHECK(problems_of(reload, "")[0].message.ends_with("it could not be read"));
    CHECK(verdicts(problems_of(reload, "disk full")) ==
          lines{"failing store_failing", "degraded reload_failed"});
}

TEST_CASE("a log that nobody reads is a problem after ten seconds, since when it was so") {
    const auto now = start_of_time + std::chrono::hours(1);
    CHECK_FALSE(log_unread(std::chrono::seconds(10), now));
    const auto found = log_unread(std::chrono::milliseconds(10'001), now);
    REQUIRE(found);
    CHECK(found->severity == health::degraded);
    CHECK(found->since == now - std::chrono::milliseconds(10'001));
}

TEST_CASE("settings that wait for a restart are no problem") {
    CHECK(problems_of(reload_report{start_of_time, {}, {}, {"health.listen"}}, "").empty());
}
