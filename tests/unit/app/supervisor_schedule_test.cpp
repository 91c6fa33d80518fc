#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <ctime>

// When rotations begin.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

core::duration cpu_time() {
    return core::duration(std::clock() * 1000 / CLOCKS_PER_SEC);
}

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.every = days(10); }
    [[nodiscard]] unsigned rotated() { return world.rotated("jira"); }
    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a tunnel that is first seen counts as rotated then, and rotates when it is due") {
    world.start();
    world.run_for(days(10) - 1s);
    CHECK(rotated() == 0);
    world.run_for(2s);
    REQUIRE(rotated() == 1);
    CHECK(world.history("jira").front().why == core::reason::scheduled);
    world.run_for(days(10) - 5s);
    CHECK(rotated() == 1);
    world.run_for(10s);
    CHECK(rotated() == 2);
    world.run_for(days(100));
    CHECK(rotated() == 12);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "first: now is due at once, without jitter, and then on schedule") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.tunnel("jira").schedule.jitter = days(1);
    world.start();
    world.run_for(1s);
    REQUIRE(rotated() == 1);
    CHECK(world.history("jira").front().why == core::reason::first);
    world.run_for(days(10) - 10s);
    CHECK(rotated() == 1);
    world.run_for(days(1) + 20s);
    CHECK(rotated() == 2);
}

TEST_CASE_METHOD(fixture, "jitter is the same after a restart") {
    world.tunnel("jira").schedule.jitter = days(5);
    world.start();
    world.run_for(days(10));
    while (rotated() == 0) {
        world.run_for(1h);
        world.crash();
    }
    const auto with_crashes = world.history("jira").front().began_at;
    tests::fake_world other;
    other.add_tunnel("jira").schedule = world.tunnel("jira").schedule;
    other.start();
    other.run_for(days(16));
    REQUIRE(other.rotated("jira") == 1);
    const auto without = other.history("jira").front().began_at;
    CHECK(with_crashes - without < 1min);
    CHECK(without - with_crashes < 1min);
}

TEST_CASE_METHOD(fixture,
                 "what came due while the daemon was down runs once at start, and the next counts from it") {
    world.start();
    world.run_for(days(1));
    world.kill();
    world.run_for(days(35));
    world.start();
    world.run_for(1s);
    REQUIRE(rotated() == 1);
    CHECK(world.history("jira").front().why == core::reason::catch_up);
    world.run_for(days(10) - 10s);
    CHECK(rotated() == 1);
    world.run_for(20s);
    CHECK(rotated() == 2);
}

TEST_CASE_METHOD(fixture, "restarts neither hasten nor delay a rotation") {
    world.start();
    for (int i = 0; i < 239; ++i) {
        world.run_for(1h);
        world.crash();
    }
    world.run_for(59min);
    CHECK(rotated() == 0);
    world.run_for(2min);
    CHECK(rotated() == 1);
}

TEST_CASE_METHOD(fixture, "a step of the wall clock is noticed within a minute") {
    world.start();
    world.run_for(days(5));
    SECTION("forward, past the due time") {
        world.loop.step_wall(days(6));
        world.run_for(61s);
        CHECK(rotated() == 1);
    }
    SECTION("forward, to before it") {
        world.loop.step_wall(days(4));
        world.run_for(days(1) - 1min);
        CHECK(rotated() == 0);
        world.run_for(2min);
        CHECK(rotated() == 1);
    }
    SECTION("back") {
        world.loop.step_wall(-days(3));
        world.run_for(days(8) - 1min);
        CHECK(rotated() == 0);
        world.run_for(2min);
        CHECK(rotated() == 1);
    }
}

TEST_CASE_METHOD(fixture, "a backoff is not shortened by a step of the wall clock") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").authorization = "Bearer another";
    world.start();
    world.run_for(1min);
    world.loop.step_wall(days(1));
    world.run_for(50min);
    CHECK(world.wire.sent(call::whoami) == 1);
    world.loop.step_wall(-12h);
    world.run_for(15min);
    CHECK(world.wire.sent(call::whoami) == 2);
}

TEST_CASE_METHOD(fixture, "a failed rotation is due still, and its next time counts from its success") {
    world.wire.always("jira-host", call::regenerate, fault::answer(404));
    world.start();
    world.run_for(days(12));
    CHECK(rotated() == 0);
    CHECK(world.wire.sent(call::regenerate) > 20);
    world.wire.heal_all();
    world.run_for(61min);
    CHECK(rotated() == 1);
    world.run_for(days(10) - 2h);
    CHECK(rotated() == 1);
    world.run_for(3h);
    CHECK(rotated() == 2);
}

TEST_CASE("a confirmation comes settle after the unknown, or is spared by a rotation that begins later") {
    tests::fake_world world;
    auto& tunnel = world.add_tunnel("jira");
    tunnel.schedule.first = core::first_rotation::now;
    const bool spared = GENERATE(false, true);
    tunnel.schedule.every = spared ? core::duration(15min) : core::duration(days(10));
    if (spared)
        tunnel.retry.settle = 12min;
    world.wire.script("jira-host", call::regenerate, fault::late(9min, 504));
    world.start();
    world.run_for(8min);
    CHECK(world.rotated("jira") == 1);
    CHECK(world.record("jira").confirmation_owed);
    world.run_for(90s);
    CHECK_FALSE(world.in_step("jira"));  // the late effect
    world.run_for(10min);
    CHECK(world.in_step("jira"));
    CHECK(world.rotated("jira") >= 2);
    CHECK(world.history("jira")[1].why == core::reason::confirm);
    CHECK_FALSE(world.record("jira").confirmation_owed);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE("a scheduled rotation that begins too early leaves the confirmation owed") {
    tests::fake_world world;
    auto& tunnel = world.add_tunnel("jira");
    tunnel.schedule.first = core::first_rotation::now;
    tunnel.schedule.every = 4min;
    world.wire.script("jira-host", call::regenerate, fault::late(9min));
    world.start();
    world.run_for(9min);
    CHECK(world.rotated("jira") == 3);
    CHECK(world.record("jira").confirmation_owed);
    world.run_for(10min);
    CHECK_FALSE(world.record("jira").confirmation_owed);
    CHECK(world.in_step("jira"));
}

TEST_CASE("a confirmation counts its wait anew after a restart") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.start();
    world.run_for(9min);
    world.crash();
    world.run_for(9min);
    CHECK(world.rotated("jira") == 1);
    world.run_for(2min);
    CHECK(world.rotated("jira") == 2);
}

TEST_CASE("ten thousand idle tunnels cost nothing while nothing is due") {
    tests::fake_world world;
    world.draft.tunnels.reserve(10'000);
    for (int i = 0; i < 10'000; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.jitter = days(30);
    world.start();
    world.run_for(1s);
    const auto steps = world.loop.steps();
    const auto before = cpu_time();
    world.run_for(days(10));
    CHECK(world.loop.steps() - steps <= 10 * 24 * 60 + 1);  // one look at the wall clock a minute
    CHECK(cpu_time() - before < 500ms);                     // a sixtieth of that, and ten times that under asan
}

TEST_CASE("ten years of fifty tunnels pass in seconds, in step at each month's end") {
    tests::fake_world world(7);
    world.log.keep = false;
    for (int i = 0; i < 50; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.jitter = 6h;
    world.start();
    const auto before = cpu_time();
    for (int month = 0; month < 120; ++month) {
        world.run_for(days(30));
        REQUIRE(world.all_in_step());
    }
    CHECK(world.rotated("t0") >= 118);
    CHECK(world.broken() == std::vector<std::string>{});
    CHECK(cpu_time() - before < 20s);
}
