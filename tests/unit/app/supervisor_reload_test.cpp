#include "app/supervisor.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Another configuration while all is idle, and what never changes by one.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

/// Everything that happened to a tunnel, and when.
lines story_of(tests::fake_world& world, const std::string& name) {
    lines all;
    for (const auto& line : world.history(name))
        all.push_back(core::to_iso8601_milliseconds(line.began_at) + " " +
                      core::to_iso8601_milliseconds(line.ended_at) + " " + std::string(to_string(line.why)) +
                      " " + std::string(to_string(line.how)) + " " + std::to_string(line.regenerates) + " " +
                      std::to_string(line.installs));
    return all;
}

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.every = days(10); }
    tests::fake_world world;
};

}  // namespace

TEST_CASE("an unchanged tunnel goes on as if nothing had been reloaded, whatever it is at") {
    for (const auto& at : tests::phases()) {
        INFO(at.name);
        tests::fake_world world;
        tests::fake_world twin;
        for (auto* each : {&world, &twin}) {
            begin(*each, at);
            REQUIRE(each->run_until([&] { return at.reached(*each); }));
        }
        const auto changes = world.reload();
        CHECK(changes.unchanged == world.draft.tunnels.size());
        CHECK(changes.changed + changes.renamed + changes.added + changes.removed == 0);
        for (auto* each : {&world, &twin})
            each->run_for(days(95));
        CHECK(story_of(world, "jira") == story_of(twin, "jira"));
        CHECK(story_of(world, "other") == story_of(twin, "other"));
        for (const auto what : {call::regenerate, call::install, call::whoami})
            CHECK(world.wire.sent(what) == twin.wire.sent(what));
        CHECK(world.broken() == lines{});
        CHECK(world.all_in_step());
    }
}

TEST_CASE_METHOD(fixture, "a reload does not shorten a backoff that passes by itself") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").state = "STARTING";
    world.start();
    world.run_for(1min);
    const auto asked = world.wire.sent(call::status);
    const auto retry_at = world.shown("jira")->retry_at;
    for (int i = 0; i < 10; ++i) {
        world.reload();
        world.run_for(100ms);
    }
    CHECK(world.wire.sent(call::status) == asked);
    CHECK(world.shown("jira")->retry_at == retry_at);
}

TEST_CASE_METHOD(fixture, "other settings of its own let a tunnel try at once, whatever failed before") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").state = "STARTING";
    world.start();
    world.run_for(10min);
    REQUIRE(world.shown("jira")->failures > 3);
    world.at_instance("jira").state = "RUNNING";
    world.tunnel("jira").instance.timeout.request = 50s;
    world.reload();
    world.run_for(1s);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE_METHOD(fixture, "a new tunnel waits, or is due at once with first: now") {
    world.start();
    world.run_for(days(3));
    world.add_tunnel("waits").schedule.every = days(10);
    world.add_tunnel("now").schedule.first = core::first_rotation::now;
    const auto changes = world.reload();
    CHECK(changes.added == 2);
    CHECK(changes.unchanged == 1);
    world.run_for(1s);
    CHECK(world.rotated("now") == 1);
    CHECK(world.history("now").front().why == core::reason::first);
    world.run_for(days(10) - 2s);
    CHECK(world.rotated("jira") == 1);
    CHECK(world.rotated("waits") == 0);
    world.run_for(2s);
    CHECK(world.rotated("waits") == 1);
    CHECK(world.broken() == lines{});
}

TEST_CASE_METHOD(fixture, "a new tunnel that the journal knows from before counts from its last success") {
    world.start();
    world.run_for(days(11));
    REQUIRE(world.rotated("jira") == 1);
    const auto kept = world.tunnel("jira");
    world.remove_tunnel("jira");
    world.crash();
    world.run_for(days(4));
    world.draft.tunnels.push_back(kept);
    CHECK(world.reload().added == 1);
    world.run_for(days(5) - 1min);
    CHECK(world.rotated("jira") == 1);
    world.run_for(2min);
    CHECK(world.rotated("jira") == 2);

    world.remove_tunnel("jira");
    world.crash();
    world.run_for(days(40));
    world.draft.tunnels.push_back(kept);
    world.reload();
    world.run_for(1s);
    CHECK(world.rotated("jira") == 3);
}

TEST_CASE_METHOD(fixture, "a new tunnel whose gap is open in the journal is finished") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    const auto kept = world.tunnel("jira");
    world.remove_tunnel("jira");
    world.snapshots_unreadable = GENERATE(true, false);
    world.crash();
    world.run_for(1min);
    CHECK(world.shown("jira")->configured == false);
    CHECK(world.supervisor().summarize().failing == (world.snapshots_unreadable ? 1u : 0u));
    world.wire.heal_all();
    world.draft.tunnels.push_back(kept);
    CHECK(world.reload().added == 1);
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.shown("jira")->configured);
    CHECK(world.overview().tunnels.size() == 1);
    CHECK(world.supervisor().summarize().failing == 0);
}

TEST_CASE_METHOD(fixture, "a tunnel removed while idle is gone, and keeps its state when it is put back") {
    world.start();
    world.run_for(days(12));
    REQUIRE(world.rotated("jira") == 1);
    const auto kept = world.tunnel("jira");
    world.remove_tunnel("jira");
    CHECK(world.reload().removed == 1);
    CHECK(world.overview().tunnels.empty());
    CHECK(world.supervisor().summarize().next.empty());
    world.run_for(days(5));
    CHECK(world.rotated("jira") == 1);
    world.draft.tunnels.push_back(kept);
    CHECK(world.reload().added == 1);
    CHECK(world.supervisor().summarize().next == "jira");
    world.run_for(days(3) - 1min);
    CHECK(world.rotated("jira") == 1);
    world.run_for(2min);
    CHECK(world.rotated("jira") == 2);
}

TEST_CASE_METHOD(fixture,
                 "a new schedule counts from the last success, and is due at once where that is past") {
    world.start();
    world.run_for(days(15));
    REQUIRE(world.rotated("jira") == 1);
    SECTION("longer") {
        world.tunnel("jira").schedule.every = days(20);
        CHECK(world.reload().changed == 1);
        world.run_for(days(15) - 1min);
        CHECK(world.rotated("jira") == 1);
        world.run_for(2min);
        CHECK(world.rotated("jira") == 2);
    }
    SECTION("shorter") {
        world.tunnel("jira").schedule.every = days(6);
        world.reload();
        world.run_for(days(1) - 1min);
        CHECK(world.rotated("jira") == 1);
        world.run_for(2min);
        CHECK(world.rotated("jira") == 2);
    }
    SECTION("past") {
        world.tunnel("jira").schedule.every = days(2);
        world.reload();
        world.run_for(1s);
        CHECK(world.rotated("jira") == 2);
        CHECK(world.history("jira").back().why == core::reason::scheduled);
    }
    SECTION("while it waits to begin") {
        world.at_instance("jira").state = "STARTING";
        world.run_for(days(5) + 1h);
        REQUIRE(world.shown("jira")->failures > 0);
        world.tunnel("jira").schedule.every = days(30);
        world.reload();
        world.at_instance("jira").state = "RUNNING";
        world.run_for(days(20) - 2h);
        CHECK(world.rotated("jira") == 1);
        world.run_for(2h);
        CHECK(world.rotated("jira") == 2);
    }
}
