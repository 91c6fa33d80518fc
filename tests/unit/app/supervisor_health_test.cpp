#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

// Problems are logged when they begin and when they end.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

struct fixture {
    fixture() {
        world.add_tunnel("jira").schedule.first = core::first_rotation::now;
        world.add_tunnel("other");
    }

    /// What was logged of health: "degraded gap_open", in order; and everything has its remedy.
    [[nodiscard]] lines logged(const std::string& tunnel = "jira") const {
        lines all;
        for (const auto& line : world.log.lines)
            if (line.tunnel == tunnel && line.event.name.substr(0, 7) == "health.") {
                const std::string what(line.event.name.substr(7));
                all.push_back(what + " " + line.event.fields.front().second);
                if (what != "recovered")
                    CHECK(line.event.message.find(": ") != std::string::npos);
                CHECK(line.event.level == (what == "failing"    ? core::log_level::error
                                           : what == "degraded" ? core::log_level::warn
                                                                : core::log_level::info));
            }
        return all;
    }

    [[nodiscard]] bool says(const std::string& text) const {
        for (const auto& line : world.log.lines)
            if (line.event.name.substr(0, 7) == "health." && line.event.message.find(text) != std::string::npos)
                return true;
        return false;
    }

    void check_sums() {
        std::size_t degraded = 0;
        std::size_t failing = 0;
        for (const auto& each : world.overview().tunnels) {
            degraded += worst_of(each.problems) == core::health::degraded;
            failing += worst_of(each.problems) == core::health::failing;
        }
        CHECK(world.supervisor().summarize().degraded == degraded);
        CHECK(world.supervisor().summarize().failing == failing);
    }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "an ordinary rotation says nothing of health") {
    world.start();
    world.run_for(days(100));
    CHECK(world.rotated("jira") == 4);
    CHECK(logged().empty());
    CHECK(logged("").empty());
    check_sums();
}

TEST_CASE_METHOD(fixture, "a rotation that begins after failed preflights is as ordinary once it begins") {
    world.at_instance("jira").state = "STARTING";
    world.start();
    world.run_for(10min);
    CHECK(logged() == lines{"degraded instance_not_ready"});
    world.at_instance("jira").state = "RUNNING";
    world.run_for(1h);
    CHECK(world.rotated("jira") == 1);
    CHECK(logged() == lines{"degraded instance_not_ready", "recovered instance_not_ready"});
    check_sums();
}

TEST_CASE_METHOD(fixture,
                 "an open gap is degraded once something failed, and failing at its limit to the moment") {
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.tunnel("jira").retry.urgent = {1h, 1h};
    world.start();
    world.run_for(1s);
    CHECK(logged() == lines{"degraded gap_open", "degraded instance_not_ready"});
    CHECK(says("bring the instance back"));
    const auto opened = *world.shown("jira")->gap_opened_at;
    world.run_for(opened + 5min - world.loop.now().wall);
    CHECK(logged().size() == 2);
    check_sums();
    world.run_for(1ms);
    CHECK(logged() == lines{"degraded gap_open", "degraded instance_not_ready", "failing gap_open"});
    CHECK(world.shown("jira")->problems.front().severity == core::health::failing);
    check_sums();
    world.wire.heal_all();
    world.run_for(3h);
    CHECK(logged() == lines{"degraded gap_open", "degraded instance_not_ready", "failing gap_open",
                            "recovered gap_open", "recovered instance_not_ready"});
    check_sums();
}

TEST_CASE_METHOD(fixture, "a gap that nothing answers is failing at its limit too") {
    world.draft.health.gap_failing_after = 20s;
    world.wire.script("jira-host", call::install, fault::hangs());  // for a minute
    world.start();
    world.run_for(21s);
    CHECK(logged() == lines{"failing gap_open"});
    check_sums();
}

TEST_CASE_METHOD(fixture, "another limit counts at once") {
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    CHECK(world.supervisor().summarize().failing == 0);
    world.draft.health.gap_failing_after = 30s;
    world.reload();
    CHECK(world.supervisor().summarize().failing == 1);
    world.draft.health.gap_failing_after = 1h;
    world.reload();
    CHECK(world.supervisor().summarize().failing == 0);
    world.run_for(1h);
    CHECK(world.supervisor().summarize().failing == 1);
    check_sums();
}

TEST_CASE_METHOD(fixture, "a held tunnel is failing until its settings are right") {
    world.at_cloud("jira").on_premise_url = "https://other.example";
    world.start();
    world.run_for(1min);
    CHECK(logged() == lines{"failing held"});
    CHECK(says("correct hostname, instance.url or instance.on_premise_url"));
    check_sums();
    world.run_for(10min);
    CHECK(logged() == lines{"failing held", "failing gap_open"});
    world.remove_tunnel("other");
    world.reload();
    world.run_for(1min);
    CHECK(logged() == lines{"failing held", "failing gap_open", "recovered held", "recovered gap_open"});
    check_sums();
}

TEST_CASE_METHOD(fixture, "a rotation is overdue from when it might have begun, to the moment") {
    world.draft.health.overdue_failing_after = 3h;
    SECTION("its instance is away") {
        world.at_instance("jira").state = "MAINTENANCE";
        world.start();
        world.run_for(3h);
        CHECK(logged() == lines{"degraded instance_not_ready"});
        world.run_for(1ms);
        CHECK(logged() == lines{"degraded instance_not_ready", "failing overdue"});
    }
    SECTION("its organization is paused") {
        world.tunnel("jira").schedule = {days(1), 0ms, core::first_rotation::wait};
        world.add_tunnel("first").schedule.first = core::first_rotation::now;
        world.wire.script("acme-id", call::organization, fault::answer(429, "86000"));
        world.start();
        world.run_for(1h);
        world.tunnel("jira").schedule.every = 2h;
        world.reload();
        world.run_for(4h);
        CHECK(logged().empty());
        world.run_for(1ms);
        CHECK(logged() == lines{"failing overdue"});
    }
    SECTION("another tunnel's outage stops it") {
        world.tunnel("jira").schedule = {2h, 0ms, core::first_rotation::wait};
        world.add_tunnel("first").schedule.first = core::first_rotation::now;
        world.wire.always("first-host", call::regenerate, fault::lost_before());
        world.start();
        world.run_for(5h);
        CHECK(logged().empty());
        world.run_for(1ms);
        CHECK(logged() == lines{"failing overdue"});
    }
    check_sums();
    world.wire.heal_all();
    world.at_instance("jira").state = "RUNNING";
    world.run_for(days(1));
    CHECK(world.rotated("jira") >= 1);
    CHECK(logged().back().substr(0, 9) == "recovered");
    CHECK(world.supervisor().summarize().failing == 0);
    check_sums();
}

TEST_CASE_METHOD(fixture, "the time while the daemon was down is not overdue, unless it had failed before") {
    const bool failed_before = GENERATE(false, true);
    world.tunnel("jira").schedule = {days(1), 0ms, core::first_rotation::wait};
    world.start();
    world.run_for(12h);
    if (failed_before) {
        world.at_instance("jira").state = "MAINTENANCE";
        world.run_for(13h);
    }
    world.kill();
    world.run_for(days(10));
    world.at_instance("jira").state = "MAINTENANCE";
    world.start();
    world.run_for(1min);
    CHECK(world.supervisor().summarize().failing == (failed_before ? 1u : 0u));
    world.run_for(days(1));
    CHECK(world.supervisor().summarize().failing == 1);
    check_sums();
}

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
                 "a refused API key is its organization's problem too, at once and until it is renewed") {
    const bool in_regenerate = GENERATE(false, true);
    if (in_regenerate)
        world.wire.always("jira-host", call::regenerate, fault::answer(401));
    else
        world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(1s);
    CHECK(logged("") == lines{"degraded api_key_refused"});
    CHECK(logged() == lines{"degraded api_key_refused"});
    CHECK(world.overview().organizations.at(0).problems.at(0).code == "api_key_refused");
    check_sums();
    world.wire.heal_all();
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(2h);
    CHECK(logged("") == lines{"degraded api_key_refused", "recovered api_key_refused"});
    CHECK(logged() == lines{"degraded api_key_refused", "recovered api_key_refused"});
    CHECK(world.overview().organizations.at(0).problems.empty());
    check_sums();
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
