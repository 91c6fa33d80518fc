#include "health_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

// The causes of problems, each said once when it begins and once when it ends.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;
using tests::lines;
using fixture = tests::health_fixture;

TEST_CASE_METHOD(fixture, "dead credentials are said once, with what to do about them") {
    world.at_instance("jira").authorization = "Bearer another";
    world.start();
    world.run_for(12h);
    CHECK(logged() == lines{"degraded credentials_refused"});
    CHECK(says("renew the token or password that instance.auth points to"));
    check_sums();
    world.at_instance("jira").authorization = "Bearer s3cr3t-pat-jira";
    world.run_for(1h);
    CHECK(logged() == lines{"degraded credentials_refused", "recovered credentials_refused"});
    check_sums();
}

TEST_CASE_METHOD(fixture,
                 "a token that cannot be sent, put there while the gap is open, is said to be the cause") {
    world.journal.fails = [&](const core::tunnel_record& record, const auto&) {
        if (record.key)
            world.secrets.values["jira-pat"] = "s3cr3t-pat-jira ";
        return false;
    };
    world.start();
    world.run_for(10min);
    CHECK(world.wire.sent(call::install) == 0);
    CHECK(logged() == lines{"degraded gap_open", "degraded secret_unreadable", "failing gap_open"});
    CHECK(says("ends with a blank; write the secret without it"));
    CHECK(says("mend what the last error names"));
    CHECK_FALSE(says("bring the instance back"));
    world.journal.fails = nullptr;
    world.secrets.values["jira-pat"] = "s3cr3t-pat-jira";
    world.run_for(2min);
    CHECK(world.in_step("jira"));
    check_sums();
}

TEST_CASE_METHOD(fixture,
                 "a refused API key is its organization's problem too, at once and until it is renewed") {
    const bool in_regenerate = GENERATE(false, true);
    if (in_regenerate)
        world.wire.always("jira-host", call::regenerate, fault::answer(401));
    else
        world.cloud.api_keys["acme-id"] = "another";
    const auto begin = world.loop.now().wall;
    world.start();
    world.run_for(1s);
    CHECK(logged("") == lines{"degraded api_key_refused"});
    CHECK(logged() == lines{"degraded api_key_refused"});
    CHECK(world.overview().organizations.at(0).problems.at(0).code == "api_key_refused");
    CHECK(world.overview().organizations.at(0).problems.at(0).since.value() - begin < 1s);
    check_sums();
    world.wire.heal_all();
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(2h);
    CHECK(logged("") == lines{"degraded api_key_refused", "recovered api_key_refused"});
    CHECK(logged() == lines{"degraded api_key_refused", "recovered api_key_refused"});
    CHECK(world.overview().organizations.at(0).problems.empty());
    check_sums();
}

TEST_CASE_METHOD(fixture,
                 "a pause that the cloud asks for is its organization's problem, with its end, until then") {
    const bool in_regenerate = GENERATE(false, true);
    const auto ends = core::to_iso8601(world.loop.now().wall + 2h);
    world.wire.script(in_regenerate ? "jira-host" : "acme-id",
                      in_regenerate ? call::regenerate : call::organization, fault::answer(429, "7200"));
    world.start();
    world.run_for(1h);
    CHECK(logged("") == lines{"degraded rate_limited"});
    const auto problem = world.overview().organizations.at(0).problems.at(0);
    CHECK(problem.code == "rate_limited");
    CHECK(problem.message.find(" the cloud for nothing until " + ends +
                               ", those with an open key gap until ") != std::string::npos);
    world.run_for(1h + 1s);
    CHECK(logged("") == lines{"degraded rate_limited", "recovered rate_limited"});
    CHECK(world.overview().organizations.at(0).problems.empty());
}

TEST_CASE_METHOD(fixture, "what ends in thirty days is said to the moment, whatever else goes on") {
    const auto ends = world.loop.now().wall + days(40);
    world.tunnel("jira").schedule = {days(1000), 0ms, core::first_rotation::wait};
    world.remove_tunnel("other");
    const bool api_key = GENERATE(false, true);
    if (api_key)
        world.tunnel("jira").organization.api_key_expires = ends;
    else
        world.tunnel("jira").instance.auth_expires = ends;
    const std::string who = api_key ? "" : "jira";
    const lines begun{api_key ? "degraded api_key_expiring" : "degraded credential_expiring"};
    world.start();
    world.run_for(days(10) - 1ms);
    CHECK(logged(who).empty());
    world.run_for(1ms);
    CHECK(logged(who) == begun);
    CHECK(says(" ends on 2027-01-10"));
    check_sums();
    world.run_for(days(31));
    CHECK(logged(who) == begun);
    if (api_key)
        world.tunnel("jira").organization.api_key_expires = ends + days(365);
    else
        world.tunnel("jira").instance.auth_expires = ends + days(365);
    world.reload();
    REQUIRE(logged(who).size() == 2);
    CHECK(logged(who).back().substr(0, 9) == "recovered");
    check_sums();
}

TEST_CASE_METHOD(fixture, "an API key that is about to end is said though no tunnel has anything to do") {
    world.tunnel("other").organization.api_key_expires = world.loop.now().wall + days(30) + 90s;
    world.tunnel("jira").organization = world.tunnel("other").organization;
    world.at_instance("jira").authorization = "Bearer another";
    world.remove_tunnel("other");
    world.start();
    world.run_for(90s);
    CHECK(logged("") == lines{"degraded api_key_expiring"});
}

TEST_CASE_METHOD(fixture, "an unconfirmed tunnel is degraded until it is confirmed") {
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.start();
    world.run_for(5min);
    CHECK(logged() == lines{"degraded gap_open", "degraded regenerate_unknown", "degraded unconfirmed",
                            "recovered gap_open", "recovered regenerate_unknown"});
    CHECK(world.shown("jira")->problems.size() == 1);
    check_sums();
    world.run_for(10min);
    CHECK(logged().back() == "recovered unconfirmed");
    CHECK(logged().size() == 6);
    check_sums();
}

TEST_CASE_METHOD(fixture, "an orphan is failing until it is resolved") {
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    const auto kept = world.tunnel("jira");
    world.tunnel("jira").hostname = "successor-host";
    world.tunnel("jira").name = "successor";
    world.reload();
    const auto orphaned = logged();
    REQUIRE(orphaned.size() == 5);
    CHECK(orphaned[2] == "failing orphaned");
    CHECK(orphaned[3] == "recovered gap_open");
    CHECK(orphaned[4] == "recovered instance_not_ready");
    CHECK(says("put the tunnel back in the place of the one that has its instance now"));
    check_sums();
    world.wire.heal_all();
    world.run_for(days(1));
    CHECK(logged() == orphaned);
    world.tunnel("successor") = kept;
    world.reload();
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    const auto all = logged();
    CHECK(std::count(all.begin(), all.end(), "recovered orphaned") == 1);
    CHECK(world.shown("jira")->problems.empty());
    CHECK(world.supervisor().summarize().failing == 0);
    check_sums();
}

TEST_CASE_METHOD(fixture, "the sums hold at every moment of a rotation with faults") {
    world.wire.script("jira-host", call::status, fault::answer(503));
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.wire.script("jira-host", call::regenerate, fault::answer(401));
    world.wire.script("jira-host", call::install, fault::answer(401));
    world.wire.script("jira-host", call::install, fault::hangs_after());
    world.start();
    const auto until = world.loop.now().steady + 3h;
    while (world.loop.step(until))
        check_sums();
    CHECK(world.in_step("jira"));
    CHECK(world.supervisor().summarize().degraded == 0);
}

TEST_CASE_METHOD(fixture,
                 "with the gap open a token that is gone is what is to be mended, and is read by itself") {
    world.wire.leaving = [&](const std::string& target, call what) {
        if (target == "jira-host" && what == call::regenerate)
            world.secrets.values.erase("jira-pat");
    };
    world.start();
    world.run_for(5min);
    CHECK(logged() == lines{"degraded gap_open", "degraded secret_unreadable"});
    const auto seen = world.shown("jira");
    for (const auto& each : seen->problems)
        CHECK(each.remedy.find("mend what the last error names") == 0);
    world.secrets.values["jira-pat"] = "s3cr3t-pat-jira";
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.shown("jira")->problems.empty());
    check_sums();
}
