#include "health_fixture.hpp"

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
using tests::lines;
using fixture = tests::health_fixture;

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

TEST_CASE_METHOD(fixture, "the time before a new schedule made it due is not overdue") {
    world.tunnel("jira").schedule = {days(10), 0ms, core::first_rotation::wait};
    world.at_instance("jira").state = "MAINTENANCE";
    world.start();
    world.run_for(days(10) + 1h);
    world.tunnel("jira").schedule.every = days(30);
    world.reload();
    world.run_for(days(9));
    world.tunnel("jira").schedule.every = days(10);
    world.reload();
    world.run_for(days(1));
    CHECK(world.supervisor().summarize().failing == 0);
    world.run_for(1ms);
    CHECK(world.supervisor().summarize().failing == 1);
}
