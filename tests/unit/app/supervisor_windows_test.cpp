#include "app/supervisor.hpp"
#include "support/fake_world.hpp"
#include "support/schedules.hpp"

#include <catch2/catch.hpp>

// Windows, pause, and a clock that is set: when a rotation may begin, and what nothing stops.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

/// Begins on Tuesday, 1 December 2026, 00:00 UTC.
struct fixture {
    /// Due on Friday, 11 December, and let in on Saturdays from one to five.
    core::tunnel& add(const std::string& name) {
        auto& tunnel = world.add_tunnel(name);
        tunnel.schedule.every = days(10);
        tunnel.schedule.windows = {{0b100'0000, 1h, 5h}};
        return tunnel;
    }
    [[nodiscard]] core::wall_time saturday(unsigned day, core::duration at) const {
        return std::chrono::sys_days(std::chrono::December / static_cast<int>(day) / 2026) + at;
    }
    void run_until(core::wall_time at) { world.run_for(at - world.loop.now().wall); }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a rotation that comes due outside its windows waits for the next opening") {
    add("jira");
    world.start();
    run_until(saturday(12, 1h) - 1ms);
    CHECK(world.wire.sent(call::status) == 0);
    run_until(saturday(12, 1h) + 1s);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "calm retries respect windows, and in the next opening it is tried again") {
    add("jira");
    world.at_instance("jira").state = "MAINTENANCE";
    world.start();
    run_until(saturday(12, 5h));
    const auto tried = world.wire.sent(call::status);
    CHECK(tried > 4);
    run_until(saturday(19, 1h));
    CHECK(world.wire.sent(call::status) == tried);
    world.at_instance("jira").state = "RUNNING";
    run_until(saturday(19, 1h) + 1min);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "once the key gap is open no window counts") {
    add("jira");
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    run_until(saturday(12, 6h));
    REQUIRE(world.supervisor().open_gaps().size() == 1);
    SECTION("while the daemon runs") {
    }
    SECTION("after a restart") {
        world.crash();
    }
    world.wire.heal_all();
    world.run_for(61min);  // a key that old is replaced, too
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.in_step("jira"));
}

TEST_CASE_METHOD(fixture, "a confirmation passes windows by") {
    add("jira");
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.start();
    run_until(saturday(12, 5h) - 1min);
    world.run_for(15min);
    CHECK(world.rotated("jira") == 2);
    CHECK_FALSE(world.record("jira").confirmation_owed);
}

TEST_CASE_METHOD(fixture, "a person's request passes windows by, and pause") {
    add("jira").schedule.first = core::first_rotation::wait;
    world.start();
    world.run_for(1h);
    world.kill();
    if (GENERATE(true, false))
        world.journal.records.at(world.id_of("jira")).paused_at = world.loop.now().wall;
    world.start_once({"jira"});
    CHECK(world.run_until_quiet());
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "a rotation that waits for its permit past its window is left for the next") {
    world.draft.cloud.max_in_flight = 1;
    add("jira");
    world.add_tunnel("busy", "another").schedule.every = days(10);
    world.tunnel("busy").schedule.windows = {{0b100'0000, 4h + 58min, 6h}};
    world.tunnel("jira").schedule.windows = {{0b100'0000, 4h + 59min, 5h}};
    fault slow;
    slow.heard_after = 5min;
    world.wire.always("busy-host", call::regenerate, slow);
    world.draft.cloud.timeout.request = 10min;

    world.start();
    run_until(saturday(12, 7h));
    CHECK(world.rotated("busy") == 1);
    CHECK(world.wire.sent("jira-host", call::regenerate) == 0);
    CHECK(world.log.count("rotation.abandoned", "jira") == 1);
    run_until(saturday(19, 7h));
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "a paused tunnel begins nothing, is degraded, and goes on when it is let") {
    add("jira").schedule.windows.clear();
    world.start();
    world.run_for(days(1));
    world.kill();
    auto& paused_at = world.journal.records.at(world.id_of("jira")).paused_at;
    paused_at = world.loop.now().wall;
    world.start();
    world.run_for(days(30));
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(world.shown("jira")->state == "paused");
    REQUIRE(world.shown("jira")->problems.size() == 1);
    CHECK(world.shown("jira")->problems[0].code == "paused");
    world.kill();
    paused_at.reset();
    world.start();
    world.run_for(1min);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "an open key gap of a paused tunnel is closed all the same") {
    add("jira").schedule.first = core::first_rotation::now;
    world.tunnel("jira").schedule.windows.clear();
    world.wire.script("jira-host", call::install, fault::hangs());
    world.start();
    world.run_for(10s);
    world.kill();
    world.journal.records.at(world.id_of("jira")).paused_at = world.loop.now().wall;
    world.start();
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    CHECK_FALSE(world.record("jira").open);
    CHECK(world.record("jira").paused_at);
}

TEST_CASE_METHOD(fixture, "who waits for an opening waits for the right one when the clock was set back") {
    add("jira").schedule.windows = {{0b111'1111, 1h, 5h}};
    world.at_instance("jira").state = "MAINTENANCE";
    world.start();
    run_until(saturday(12, 6h));
    world.at_instance("jira").state = "RUNNING";
    world.loop.step_wall(-days(1));  // Friday, six o'clock: the next opening is Saturday's
    run_until(saturday(12, 1h) + 1min);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture,
                 "an occurrence is not done twice when the clock is set back, during a rotation or after it") {
    auto& plan = add("jira").schedule;
    plan.windows.clear();
    plan.cron = tests::cron_of("0 3 * * *");
    world.wire.script("jira-host", call::install, fault::answer(503));
    world.start();
    run_until(saturday(12, 3h) + 50ms);
    const auto rotated = world.rotated("jira");
    if (GENERATE(true, false))
        world.run_for(1min);
    world.loop.step_wall(-2h);
    run_until(saturday(13, 3h) - 1s);
    CHECK(world.rotated("jira") - rotated <= 1);
    CHECK(world.rotated("jira") == 12);
}

TEST_CASE_METHOD(
    fixture, "a clock that stands before the last success is reported, and a person's rotation sets it right") {
    auto& tunnel = add("jira");
    tunnel.schedule.windows.clear();
    tunnel.schedule.first = core::first_rotation::now;
    world.loop.step_wall(days(400));
    world.start();
    world.run_for(1min);
    REQUIRE(world.rotated("jira") == 1);
    world.loop.step_wall(-days(400));
    world.run_for(2min);
    REQUIRE(world.shown("jira")->problems.size() == 1);
    CHECK(world.shown("jira")->problems[0].code == "clock_behind");
    world.run_for(days(11));
    CHECK(world.rotated("jira") == 1);
    world.kill();
    world.start_once({"jira"});
    REQUIRE(world.run_until_quiet());
    world.kill();
    world.start();
    CHECK(world.shown("jira")->problems.empty());
    world.run_for(days(10) + 1min);
    CHECK(world.rotated("jira") == 3);
}

TEST_CASE_METHOD(fixture,
                 "an occurrence is not done twice when a confirmation comes by a clock that was set back") {
    auto& plan = add("jira").schedule;
    plan.windows.clear();
    plan.cron = tests::cron_of("0 3 12 * *");
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.start();
    run_until(saturday(12, 3h) + 1min);
    REQUIRE(world.record("jira").confirmation_owed);
    world.loop.step_wall(-days(2));
    run_until(saturday(20, 0h));
    CHECK_FALSE(world.record("jira").confirmation_owed);
    CHECK(world.rotated("jira") == 2);  // the occurrence, and its confirmation
}

TEST_CASE_METHOD(fixture, "an open key gap does not wait for long after a start by a clock that was set back") {
    add("jira").schedule.first = core::first_rotation::now;
    world.tunnel("jira").schedule.windows.clear();
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(2min);
    world.kill();
    world.loop.step_wall(-days(2));
    world.wire.heal_all();
    world.start();
    world.run_for(world.tunnel("jira").retry.slow.max + 1min);
    CHECK(world.in_step("jira"));
    CHECK_FALSE(world.record("jira").open);
}
