#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// An instance that a reload gives to another tunnel, while a key of the one before is still on its way there.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

/// jira's key K1 arrives at its instance only after five minutes; meanwhile the instance becomes the
/// successor's.
struct fixture {
    fixture() {
        world.add_tunnel("jira").schedule.first = core::first_rotation::now;
        world.add_tunnel("other").schedule.first = core::first_rotation::now;
        world.add_tunnel("successor").schedule.first = core::first_rotation::now;
        successor = world.tunnel("successor");
        successor.instance = world.tunnel("jira").instance;
        world.remove_tunnel("successor");
    }

    [[nodiscard]] bool is_in_step() { return world.in_step(successor); }
    [[nodiscard]] bool owes_confirmation() const {
        return world.journal.records.at(successor.id()).confirmation_owed;
    }
    /// The instance is the successor's by now.
    void replace_jira() {
        world.remove_tunnel("jira");
        world.draft.tunnels.push_back(successor);
    }
    /// It has just become so: the late key comes in between, and one more rotation follows.
    void check_healed() {
        world.run_for(1min);
        CHECK(is_in_step());
        CHECK(world.log.count("confirmation.owed", "successor") == 1);
        CHECK(owes_confirmation());
        world.run_for(5min);
        CHECK_FALSE(is_in_step());  // the late one has arrived
        world.run_for(10min);
        CHECK(is_in_step());
        CHECK_FALSE(owes_confirmation());
        CHECK(world.log.count("confirmation.owed", "other") == 0);
    }

    tests::fake_world world;
    core::tunnel successor;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a key that arrives late for the tunnel before is healed by one more rotation") {
    const bool under_way = GENERATE(true, false);
    auto late = fault::late(5min);
    if (under_way)
        late.heard_after = 30s;  // the install is under way when the configuration changes
    world.wire.script("jira-host", call::install, late);
    if (!under_way)
        world.wire.script("jira-host", call::install, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent("jira-host", call::install) == 1; }));
    world.run_for(100ms);
    replace_jira();
    world.reload();
    check_healed();
}

TEST_CASE_METHOD(fixture,
                 "a key that the last run had sent for the tunnel before is healed by one more rotation") {
    SECTION("it was being installed") {
        auto late = fault::late(5min);
        late.heard_after = 30s;
        world.wire.script("jira-host", call::install, late);
        world.start();
        REQUIRE(world.run_until([&] { return world.wire.sent("jira-host", call::install) == 1; }));
    }
    SECTION("another was installed meanwhile") {
        world.wire.script("jira-host", call::install, fault::late(5min));
        for (int i = 0; i < 5; ++i)
            world.wire.script("jira-host", call::install, fault::answer(422));
        world.start();
        REQUIRE(world.run_until([&] { return world.rotated("jira") == 1; }));
    }
    world.kill();
    replace_jira();
    world.start();
    check_healed();
}

TEST_CASE_METHOD(fixture,
                 "what was sent to where a tunnel was two reloads ago counts there, and not where it is now") {
    const auto elsewhere = world.also_at("jira", "https://elsewhere.example");
    world.wire.script("jira-host", call::install, fault::late(5min));
    world.wire.script("jira-host", call::install, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent("jira-host", call::install) == 2; }));
    world.tunnel("jira").instance.url = elsewhere;
    world.reload();
    world.run_for(1min);
    world.draft.tunnels.push_back(successor);
    world.reload();
    world.run_for(1min);
    CHECK(owes_confirmation());
    world.run_for(20min);
    CHECK(is_in_step());
}

TEST_CASE_METHOD(
    fixture,
    "a confirmation that a reload makes a tunnel owe is on disk soon, whatever is being written then") {
    world.wire.script("jira-host", call::install, fault::late(5min));
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent("jira-host", call::install) == 2; }));
    world.add_tunnel("third").schedule.first = core::first_rotation::now;
    world.reload();
    SECTION("it is being written that its rotation is over") {
        REQUIRE(world.run_until([&] { return world.shown("third")->state == "closing"; }));
    }
    SECTION("the store fails for a while") {
        REQUIRE(world.run_until([&] { return world.rotated("third") == 1; }));
        world.journal.fails = [](const auto&, const auto&) { return true; };
    }
    world.remove_tunnel("jira");
    world.tunnel("third").instance = successor.instance;
    world.reload();
    world.run_for(30s);
    world.journal.fails = nullptr;
    world.run_for(1min);
    world.crash();
    CHECK(world.record("third").confirmation_owed);
}

TEST_CASE_METHOD(fixture, "a tunnel whose instance nobody else has sent to owes nothing") {
    world.start();
    world.run_for(1min);
    replace_jira();
    world.reload();
    world.run_for(1min);
    CHECK(is_in_step());
    CHECK(world.log.count("confirmation.owed") == 0);
}

TEST_CASE_METHOD(fixture, "what was sent long ago does not count") {
    world.wire.script("jira-host", call::install, fault::lost_before());
    world.start();
    world.run_for(1h);
    replace_jira();
    world.reload();
    world.run_for(1min);
    CHECK(world.log.count("confirmation.owed", "successor") == 0);
}
