#include "app/supervisor.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// A tunnel that left the configuration with its gap open, and whose instance is another tunnel's now.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

core::tunnel make_successor(tests::fake_world& world) {
    auto successor = world.tunnel("jira");
    successor.name = "successor";
    successor.hostname = "successor-host";
    successor.schedule.first = core::first_rotation::wait;
    successor.retry.settle = days(1);  // what was under way owes it a confirmation, and these tests are of jira
    world.cloud.tunnels[successor.id()] = {"s3cr3t-key-successor-host-0", "successor", ""};
    return successor;
}

/// From now on: how often a key of jira's was sent anywhere.
std::shared_ptr<unsigned> count_installs(tests::fake_world& world) {
    auto count = std::make_shared<unsigned>(0);
    world.instances.before_install = [count, before = world.instances.before_install](const core::instance& at,
                                                                                      const core::secret& key) {
        if (key.reveal().find("jira-host") != std::string_view::npos)
            ++*count;
        else
            before(at, key);
    };
    return count;
}

void require_orphan(tests::fake_world& world) {
    const auto shown = world.shown("jira");
    REQUIRE(shown != nullptr);
    CHECK(shown->state == "orphaned");
    CHECK_FALSE(shown->configured);
    REQUIRE(shown->problems.size() >= 1);
    CHECK(shown->problems.front().code == "orphaned");
    CHECK(shown->problems.front().severity == core::health::failing);
    CHECK(world.supervisor().summarize().failing == 1);
    for (const auto& each : shown->problems)
        CHECK(each.code != "held");
}

}  // namespace

TEST_CASE("an orphan's key is sent nowhere, whatever it was at, until its instance is free again") {
    for (const bool leaves : {true, false})
        for (const auto& at : tests::phases()) {
            INFO(at.name << (leaves ? ", the successor leaves" : ", the successor moves"));
            tests::fake_world world;
            begin(world, at);
            REQUIRE(world.run_until([&] { return at.reached(world); }));
            const auto successor = make_successor(world);
            world.tunnel("jira") = successor;
            world.reload();
            const auto installs = count_installs(world);
            world.run_for(days(2));
            CHECK(*installs == 0);
            if (!at.gap_open || at.name == "installing") {
                CHECK(world.shown("jira") == nullptr);
                CHECK(world.supervisor().summarize().degraded == 0);
                continue;
            }
            require_orphan(world);
            CHECK(world.log.count("tunnel.orphaned", "jira") == 1);

            // The organization's others are not stopped by it.
            world.tunnel("other").schedule.every = days(1);
            world.reload();
            world.run_for(1min);
            CHECK(world.rotated("other") == 1);
            require_orphan(world);
            CHECK(*installs == 0);

            if (leaves)
                world.remove_tunnel("successor");
            else
                world.tunnel("successor").instance.url = world.also_at("jira", "https://jira-b.example");
            world.reload();
            world.run_for(2h);
            CHECK(world.shown("jira") == nullptr);
            CHECK(world.in_step("jira"));
            CHECK_FALSE(world.record("jira").open);
            CHECK(world.supervisor().summarize().failing == 0);
            CHECK(world.log.count("health.recovered", "jira") >= 1);
            CHECK(world.broken() == lines{});
        }
}

TEST_CASE("an orphan that is put back in its successor's place is finished, once") {
    for (const auto between : {0ms, 1ms, 300ms, 5'000ms, 3'600'000ms})
        for (const auto& at : tests::phases())
            for (const bool other_settings : {false, true}) {
                INFO(at.name << ", after " << between.count() << " ms");
                tests::fake_world world;
                begin(world, at);
                REQUIRE(world.run_until([&] { return at.reached(world); }));
                auto kept = world.tunnel("jira");
                world.tunnel("jira") = make_successor(world);
                world.reload();
                world.run_for(between);
                if (other_settings)
                    kept.retry.urgent.max = 30s;
                world.tunnel("successor") = kept;
                world.reload();
                world.run_for(3h);
                CHECK(world.in_step("jira"));
                CHECK(world.rotated("jira") >= 1);
                CHECK_FALSE(world.record("jira").open);
                CHECK_FALSE(world.record("jira").confirmation_owed);
                CHECK(world.supervisor().summarize().failing == 0);
                CHECK(world.broken() == lines{});
            }
}

TEST_CASE("an orphan that waits for a permit, and is put back meanwhile, gets one permit") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 1;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.start();
    REQUIRE(world.run_until([&] { return world.shown("jira")->state == "waiting"; }));
    world.add_tunnel("busy", "another").schedule.first = core::first_rotation::now;
    world.wire.script("busy-host", call::regenerate, fault::hangs());
    world.reload();
    REQUIRE(world.run_until([&] { return world.shown("jira")->state == "queued"; }));
    const auto kept = world.tunnel("jira");
    world.tunnel("jira") = make_successor(world);
    world.reload();
    world.run_for(1s);
    world.tunnel("successor") = kept;
    world.reload();
    world.run_for(2h);
    CHECK(world.in_step("jira"));
    CHECK(world.broken() == lines{});
}

TEST_CASE("an orphan from before the start is finished once its instance is free") {
    tests::fake_world world;
    const auto& at = tests::phases()[GENERATE(7u, 8u)];
    begin(world, at);
    REQUIRE(world.run_until([&] { return at.reached(world); }));
    world.tunnel("jira") = make_successor(world);
    world.crash();
    const auto installs = count_installs(world);
    world.run_for(1h);
    require_orphan(world);
    CHECK(*installs == 0);
    world.remove_tunnel("successor");
    world.reload();
    world.run_for(1h);
    CHECK(world.shown("jira") == nullptr);
    CHECK(world.in_step("jira"));
    CHECK(world.supervisor().summarize().failing == 0);
}

TEST_CASE("what an orphan regenerated before the reload stops no other tunnel when it is lost") {
    tests::fake_world world;
    begin(world, tests::phases()[4]);
    world.wire.script("jira-host", call::regenerate, fault::hangs());
    REQUIRE(world.run_until([&] { return world.wire.sent(call::regenerate) == 1; }));
    world.tunnel("jira") = make_successor(world);
    world.tunnel("other").schedule.every = 1h;
    world.reload();
    world.run_for(2h);
    require_orphan(world);
    CHECK(world.rotated("other") >= 1);
}

TEST_CASE("a daemon that ends does not wait for an orphan") {
    tests::fake_world world;
    const auto& at = tests::phases()[8];
    begin(world, at);
    REQUIRE(world.run_until([&] { return at.reached(world); }));
    world.tunnel("jira") = make_successor(world);
    world.reload();
    world.run_for(1h);
    world.drain();
    world.run_for(1s);
    CHECK(world.quiet() == 1);
}

TEST_CASE("a confirmation that a removed tunnel owes is made only while nobody else has its instance") {
    tests::fake_world world;
    const auto& at = tests::phases().back();
    begin(world, at);
    REQUIRE(world.run_until([&] { return at.reached(world); }));
    world.tunnel("jira") = make_successor(world);
    world.reload();
    CHECK(world.shown("jira") == nullptr);  // nothing more is done for it
    CHECK(world.supervisor().summarize().degraded == 0);
    world.run_for(1h);
    CHECK(world.rotated("jira") == 1);
    world.remove_tunnel("successor");
    world.reload();
    CHECK(world.shown("jira") != nullptr);
    world.run_for(1h);
    CHECK(world.rotated("jira") == 2);
    CHECK(world.shown("jira") == nullptr);
}
