#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

// Reloads and the daemon as a whole.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

// Milliseconds. A sanitizer makes it five times as slow.
#ifdef TUNNELKEYD_SANITIZED
constexpr double limit = 250;
#else
constexpr double limit = 50;
#endif

using lines = std::vector<std::string>;

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.every = days(10); }
    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "another cloud.max_in_flight counts at once") {
    world.draft.cloud.max_in_flight = 1;
    world.add_due_tunnels("t", "another", 10);
    for (unsigned i = 0; i < 10; ++i)
        world.wire.script("t" + std::to_string(i) + "-host", call::regenerate, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent(call::regenerate) == 1; }));
    CHECK(world.wire.most_under_way(call::regenerate) == 1);
    world.draft.cloud.max_in_flight = 4;
    world.reload();
    world.run_for(1h);
    CHECK(world.wire.most_under_way(call::regenerate) > 1);
    CHECK(world.broken() == lines{});
    CHECK(world.all_in_step());
}

TEST_CASE_METHOD(fixture, "nobody begins half-way through a reload that takes it out of the configuration") {
    world.draft.cloud.max_in_flight = 1;
    for (const auto* name : {"busy", "next"})
        world.add_tunnel(name).schedule.first = core::first_rotation::now;
    world.add_tunnel("goes").schedule.every = 5s;
    world.wire.script("busy-host", call::regenerate, fault::hangs());
    world.start();
    world.run_for(10s);
    REQUIRE(world.log.count("rotation.begun", "next") == 1);
    REQUIRE(world.log.count("rotation.begun", "goes") == 0);
    world.draft.cloud.max_in_flight = 4;
    world.tunnel("jira").schedule.every = days(11);
    world.remove_tunnel("goes");
    world.reload();
    world.run_for(1h);
    CHECK(world.log.count("rotation.begun", "goes") == 0);
    CHECK(world.rotated("next") == 1);
}

TEST_CASE_METHOD(fixture, "another health limit counts at once, in the log too") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(2min);
    REQUIRE(world.log.count("health.failing", "jira") == 0);
    world.draft.health.gap_failing_after = 1min;
    world.reload();
    CHECK(world.log.count("health.failing", "jira") == 1);
    CHECK(world.supervisor().summarize().failing == 1);
}

TEST_CASE_METHOD(fixture, "a reload while the daemon ends changes nothing") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent(call::regenerate) == 1; }));
    world.drain();
    world.add_tunnel("new").schedule.first = core::first_rotation::now;
    world.remove_tunnel("jira");
    CHECK(world.reload().added == 0);
    REQUIRE(world.run_until_quiet(25s));
    world.run_for(days(20));
    CHECK(world.in_step("jira"));
    CHECK(world.rotated("jira") == 1);
    CHECK(world.rotated("new") == 0);
}

TEST_CASE_METHOD(fixture, "two reloads at one moment come to what the second says") {
    world.start();
    world.run_for(1h);
    world.add_tunnel("a").schedule.first = core::first_rotation::now;
    world.remove_tunnel("jira");
    world.reload();
    world.add_tunnel("b").schedule.first = core::first_rotation::now;
    world.remove_tunnel("a");
    world.reload();
    world.run_for(days(11));
    CHECK(world.rotated("a") == 0);
    CHECK(world.at_cloud("a").made == 0);
    CHECK(world.rotated("b") == 1);
    CHECK(world.rotated("jira") == 0);
    CHECK(world.overview().tunnels.size() == 1);
}

TEST_CASE_METHOD(fixture,
                 "of a configuration that is no longer in force nothing is kept, whoever has left it since") {
    world.add_tunnel("stays").schedule.first = core::first_rotation::now;
    world.add_tunnel("goes").schedule.first = core::first_rotation::now;
    SECTION("while idle") {
    }
    SECTION("while waiting for a permit") {
        world.draft.cloud.max_in_flight = 1;
        world.wire.script("stays-host", call::regenerate, fault::hangs());
    }
    SECTION("with the gap open") {
        world.wire.always("goes-host", call::install, fault::answer(503));
    }
    world.start();
    world.run_for(10s);
    const std::weak_ptr<const core::config> before = world.supervisor().config();
    world.remove_tunnel("goes");
    world.reload();
    world.wire.heal_all();
    world.run_for(days(1));
    CHECK(before.expired());
    CHECK(world.broken() == lines{});
}

TEST_CASE_METHOD(fixture, "a tunnel moved to another organization is another tunnel") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.start();
    world.run_for(1s);
    REQUIRE(world.rotated("jira") == 1);
    auto moved = world.tunnel("jira");
    moved.organization = {"other", "other-id", {{}, "other-api-key"}};
    world.secrets.values["other-api-key"] = "s3cr3t-api-other";
    world.cloud.api_keys["other-id"] = "s3cr3t-api-other";
    world.cloud.tunnels[moved.id()] = {"s3cr3t-key-moved", "jira", ""};
    world.tunnel("jira") = moved;
    const auto changes = world.reload();
    CHECK(changes.added == 1);
    CHECK(changes.removed == 1);
    world.run_for(1s);
    CHECK(world.in_step(moved));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.overview().tunnels.size() == 1);
    world.run_for(days(10));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.in_step(moved));
}

TEST_CASE("ten changes of ten thousand tunnels are in force within 50 ms") {
    tests::fake_world world;
    world.draft.tunnels.reserve(10'010);
    for (int i = 0; i < 10'000; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.jitter = days(30);
    world.start();
    world.run_for(1h);
    std::vector<double> took;
    std::vector<double> cpu;  // which does not count what else this machine does
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 8; ++i)
            world.draft.tunnels[static_cast<std::size_t>(round * 100 + i)].schedule.every -= 1h;
        world.add_tunnel("new" + std::to_string(round));
        world.draft.tunnels.erase(world.draft.tunnels.begin() + 5000);
        auto config = std::make_shared<const core::config>(world.draft);
        const auto before = std::chrono::steady_clock::now();
        const auto cpu_before = std::clock();
        const auto changes = world.supervisor().apply(std::move(config), {});
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
        cpu.push_back(1000. * static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC);
        CHECK(changes.changed == 8);
        CHECK(changes.added == 1);
        CHECK(changes.removed == 1);
    }
    std::sort(took.begin(), took.end());
    std::sort(cpu.begin(), cpu.end());
    WARN("apply() took " << took[2] << " ms (median of five), " << took[4] << " ms at most, and " << cpu[2]
                         << " ms of the processor");
    CHECK(cpu[2] < limit);
}
