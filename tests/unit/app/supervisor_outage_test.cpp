#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// While an organization's latest regenerate is unknown.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

void require_settled(tests::fake_world& world) {
    world.run_for(4h);
    REQUIRE(world.broken() == std::vector<std::string>{});
    REQUIRE(world.all_in_step());
    for (const auto& each : world.draft.tunnels) {
        REQUIRE_FALSE(world.record(each.name).open);
        REQUIRE_FALSE(world.record(each.name).confirmation_owed);
    }
}

}  // namespace

TEST_CASE("after an unknown no scheduled rotation of its organization begins, and others go on") {
    tests::fake_world world;
    world.add_due_tunnels("a", "acme", 50);
    world.add_due_tunnels("b", "other", 50);
    world.draft.cloud.max_in_flight = 4;
    world.wire.always("a0-host", call::regenerate, fault::hangs_after());
    world.start();
    world.run_for(10s);
    const auto before = world.rotated("a", 50);
    world.run_for(2h);
    CHECK(world.rotated("b", 50) == 50);
    // Those that were under way when it became known ended, and the latest result counts: so perhaps a few
    // more.
    CHECK(before <= 50);
    world.wire.heal_all();
    require_settled(world);
    CHECK(world.rotated("a", 50) == 50);
}

TEST_CASE("an outage of the cloud opens no more gaps than there are requests at once") {
    tests::fake_world world;
    world.add_due_tunnels("a", "acme", 50);
    world.add_due_tunnels("b", "other", 5);
    world.wire.chance = [](const std::string& target, call what) {
        return what == call::regenerate && target[0] == 'a' ? fault::lost_before() : fault{};
    };
    world.start();
    world.run_for(2h);
    CHECK(world.supervisor().open_gaps().size() <= world.draft.cloud.max_in_flight);
    CHECK(world.rotated("b", 5) == 5);
    world.wire.heal_all();
    world.run_for(20min);  // the longest urgent backoff
    CHECK(world.rotated("a", 50) == 50);
    require_settled(world);
}

TEST_CASE("organizations whose cloud hangs do not take all permits from one whose cloud answers") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 2;
    world.add_due_tunnels("a", "first", 2);
    world.add_due_tunnels("b", "second", 2);
    world.add_due_tunnels("c", "third", 2);
    world.add_tunnel("good", "acme").schedule.every = 2h;
    world.wire.chance = [](const std::string& target, call what) {
        return what == call::regenerate && target != "good-host" ? fault::hangs() : fault{};
    };
    world.start();
    world.run_for(2h + 1min);
    REQUIRE(world.supervisor().open_gaps().size() > world.draft.cloud.max_in_flight);
    CHECK(world.rotated("good") == 1);
    world.wire.heal_all();
    world.run_for(20min);
    CHECK(world.rotated("a", 2) + world.rotated("b", 2) + world.rotated("c", 2) == 6);
    require_settled(world);
}

TEST_CASE("an outage stops confirmations too, until it is over") {
    tests::fake_world world;
    world.add_tunnel("a").schedule.first = core::first_rotation::now;
    world.add_tunnel("b").schedule.every = 1min;
    world.wire.script("a-host", call::regenerate, fault::lost_after());
    world.wire.script("b-host", call::regenerate, fault::lost_after());
    world.start();
    world.run_for(61s);
    REQUIRE(world.record("a").confirmation_owed);
    world.wire.always("b-host", call::regenerate, fault::lost_before());
    world.run_for(30min);
    CHECK(world.record("a").confirmation_owed);
    CHECK(world.rotated("a") == 1);
    world.wire.heal_all();
    world.tunnel("b").schedule.every = 24h * 30;
    world.crash();
    require_settled(world);
    CHECK(world.rotated("a") == 2);
}

TEST_CASE("an outage does not stop what a person asks for") {
    tests::fake_world world;
    world.add_tunnel("a").schedule.first = core::first_rotation::now;
    world.add_tunnel("b");
    world.wire.always("a-host", call::regenerate, fault::lost_before());
    world.start();
    world.run_for(1min);
    world.kill();
    world.start_once({"b"});
    world.run_for(1min);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"a"});
    CHECK(world.rotated("b") == 1);
}

TEST_CASE("an outage is over when the tunnel gets its key, after a restart too") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
    world.wire.always("t0-host", call::regenerate, fault::lost_before());
    world.wire.always("t1-host", call::status, fault::dead());
    world.start();
    world.run_for(10s);
    REQUIRE(world.record("t0").open);
    world.wire.heal_all();
    world.crash();
    world.run_for(10min);
    CHECK(world.rotated("t0") >= 1);
    CHECK(world.rotated("t1") == 1);
    require_settled(world);
}

TEST_CASE("a key that came after an unknown is no outage when it is found at start") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
    world.wire.script("t0-host", call::regenerate, fault::lost_before());
    world.wire.always("t0-host", call::install, fault::answer(503));
    world.wire.always("t1-host", call::status, fault::dead());
    world.start();
    world.run_for(5min);
    REQUIRE(world.record("t0").key);
    REQUIRE(world.record("t0").open->unknown);
    world.wire.heal("t1-host", call::status);
    world.crash();
    world.run_for(1h);  // its own backoff
    CHECK(world.rotated("t1") == 1);
    CHECK(world.rotated("t0") == 0);
    world.wire.heal_all();
    require_settled(world);
}

TEST_CASE("a cloud that refuses connections between its unknowns opens no more gaps for it") {
    tests::fake_world world(3);
    world.add_due_tunnels("t", "acme", 50);
    bool connects = false;
    world.wire.chance = [&](const std::string&, call what) {
        if (what != call::regenerate)
            return fault{};
        connects = !connects;
        return connects ? fault::lost_before() : fault::no_connection();
    };
    world.start();
    world.run_for(4h);
    CHECK(world.supervisor().open_gaps().size() <= world.draft.cloud.max_in_flight);
    world.wire.heal_all();
    require_settled(world);
    CHECK(world.rotated("t", 50) == 50);
}

TEST_CASE("a refusal that came from the cloud itself ends an outage") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
    world.wire.always("t1-host", call::status, fault::dead());
    world.wire.script("t0-host", call::regenerate, fault::lost_before());
    world.wire.always("t0-host", call::regenerate, fault::answer(409));
    world.start();
    world.run_for(1min);
    world.wire.heal("t1-host", call::status);
    world.run_for(1h);
    CHECK(world.rotated("t1") == 1);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"t0"});
}
