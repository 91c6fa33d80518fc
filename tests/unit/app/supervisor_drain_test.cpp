#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// The way down: SIGTERM.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.first = core::first_rotation::now; }

    /// Steps until the tunnel's first request of this kind has left.
    void run_until(call what) {
        while (world.wire.sent("jira-host", what) == 0)
            REQUIRE(world.loop.step(world.loop.now().steady + 1min));
    }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "with nothing under way a drain is quiet at once, and nothing begins any more") {
    world.tunnel("jira").schedule.first = core::first_rotation::wait;
    world.start();
    world.run_for(1h);
    world.drain();
    CHECK(world.quiet() == 1);
    world.run_for(std::chrono::days(40));
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(world.quiet() == 1);
}

TEST_CASE_METHOD(fixture, "a preflight whose key is untouched is abandoned") {
    world.start();
    run_until(GENERATE(call::status, call::whoami));
    world.drain();
    CHECK(world.quiet() == 1);
    world.run_for(1h);
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK_FALSE(world.record("jira").open);
    CHECK(world.quiet() == 1);
}

TEST_CASE_METHOD(fixture, "those that wait for their permit are abandoned, and the one that has it ends") {
    world.draft.cloud.max_in_flight = 1;
    for (int i = 0; i < 20; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.first = core::first_rotation::now;
    auto hang = fault::lost_after();
    hang.heard_after = 5s;
    hang.what = fault::kind::late;
    world.wire.script("jira-host", call::regenerate, hang);
    world.start();
    world.run_for(1s);
    world.drain();
    CHECK(world.quiet() == 0);
    CHECK(world.run_until_quiet(25s));
    CHECK(world.in_step("jira"));
    CHECK(world.wire.sent(call::regenerate) == 2);  // of the same tunnel
}

TEST_CASE_METHOD(fixture, "a rotation in flight ends before a drain is quiet") {
    world.start();
    run_until(GENERATE(call::regenerate, call::install));
    world.drain();
    CHECK(world.quiet() == 0);
    CHECK(world.run_until_quiet(10s));
    CHECK(world.rotated("jira") == 1);
    CHECK(world.in_step("jira"));
    CHECK_FALSE(world.record("jira").open);
    world.run_for(2h);
    CHECK(world.quiet() == 1);
}

TEST_CASE_METHOD(fixture, "an open gap is worked on until the deadline") {
    world.wire.script("jira-host", call::install, fault::answer(503));
    world.wire.script("jira-host", call::install, fault::answer(503));
    world.start();
    run_until(call::install);
    world.drain();
    CHECK(world.run_until_quiet(25s));
    CHECK(world.in_step("jira"));
}

TEST_CASE_METHOD(fixture, "a drain is quiet at once when no open gap is tried again before the deadline") {
    SECTION("a slow backoff") {
        world.wire.always("jira-host", call::install, fault::answer(403));
        world.start();
        world.run_for(4min);
    }
    SECTION("a held key") {
        world.tunnel("jira").instance.on_premise_url = core::parse_base_url("https://elsewhere.example");
        world.start();
        world.run_for(1min);
    }
    SECTION("an organization's pause") {
        world.wire.script("jira-host", call::regenerate, fault::lost_after());
        world.wire.script("acme-id", call::organization, fault{});
        world.wire.script("jira-host", call::regenerate, fault::answer(429, "3600"));
        world.start();
        world.run_for(10min);
    }
    SECTION("an organization's pause, found by another tunnel") {
        world.wire.always("jira-host", call::regenerate, fault::lost_before());
        world.add_tunnel("other").schedule.every = 2min;
        world.start();
        world.run_for(90s);
        world.kill();
        world.wire.always("acme-id", call::organization, fault::answer(429, "3600"));
        world.start();
        world.run_for(2min);
    }
    SECTION("done that cannot be written") {
        world.journal.fails = [](const auto&, const std::optional<core::history_entry>& ended) {
            return ended && ended->how == core::outcome::installed;
        };
        world.start();
        world.run_for(2h);
    }
    REQUIRE(world.quiet() == 0);
    world.drain(10ms);
    CHECK(world.quiet() == 1);
}

TEST_CASE_METHOD(fixture, "after a drain and a restart the open gap is gone on with") {
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    run_until(call::install);
    world.drain();
    world.run_for(25s);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"jira"});
    world.kill();
    world.wire.heal_all();
    world.start();
    world.run_for(2min);
    CHECK(world.in_step("jira"));
    CHECK(world.wire.sent(call::regenerate) == 1);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "a drain during run --once takes its place") {
    world.wire.always("jira-host", call::install, fault::answer(403));
    world.start_once();
    world.run_for(5min);
    REQUIRE(world.quiet() == 0);
    world.drain(10ms);
    CHECK(world.quiet() == 1);
    world.run_for(2h);
    CHECK(world.quiet() == 1);
}
