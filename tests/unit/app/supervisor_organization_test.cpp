#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// What the tunnels of one organization share: its API key, its rate limit, its outages.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

void add_tunnels(tests::fake_world& world, const std::string& prefix, const std::string& organization,
                 unsigned count) {
    for (unsigned i = 0; i < count; ++i)
        world.add_tunnel(prefix + std::to_string(i), organization).schedule.first = core::first_rotation::now;
}

unsigned rotated(tests::fake_world& world, const std::string& prefix, unsigned count) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; ++i)
        sum += world.rotated(prefix + std::to_string(i)) > 0;
    return sum;
}

std::uint64_t asked_cloud(const tests::fake_world& world) {
    return world.wire.sent(call::organization) + world.wire.sent(call::regenerate);
}

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

TEST_CASE("fifty tunnels that begin together ask once whether the API key is good") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 50);
    world.start();
    world.run_for(1min);
    CHECK(rotated(world, "t", 50) == 50);
    CHECK(world.wire.sent(call::organization) <= 2);
    require_settled(world);
}

TEST_CASE("a cloud that answers 401 leaves fifty keys alone, and is asked about once an hour") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 50);
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(24h);
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(asked_cloud(world) <= 26);
    CHECK(asked_cloud(world) >= 20);
    CHECK(world.wire.sent(call::whoami) == 0);
    CHECK(world.all_in_step());
}

TEST_CASE("tunnels take turns to find out whether the API key is good again") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 5);
    world.start();
    world.run_for(1min);
    for (auto& each : world.draft.tunnels)
        each.schedule.every = 1h;
    world.cloud.api_keys["acme-id"] = "another";
    world.crash();
    world.run_for(24h);
    for (unsigned i = 0; i < 5; ++i)
        CHECK(world.history("t" + std::to_string(i)).size() >= 3);
    CHECK(asked_cloud(world) <= 32);
}

TEST_CASE("a 401 to the regenerate itself is rare too, and leaves the key alone") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 50);
    world.wire.chance = [](const std::string&, call what) {
        return what == call::regenerate ? fault::answer(401) : fault{};
    };
    world.start();
    world.run_for(24h);
    // The reads pass: each time a few have their permit before the first refusal is known.
    CHECK(world.wire.sent(call::regenerate) <= 8 * 26);
    CHECK(world.all_in_step());
    CHECK(world.at_cloud("t0").made == 0);
    world.wire.heal_all();
    require_settled(world);
    CHECK(rotated(world, "t", 50) == 50);
}

TEST_CASE("once the API key is good again, all go on at once") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 50);
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(150min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(1h);
    CHECK(rotated(world, "t", 50) == 50);
    const auto& first = world.history("t0").back();
    for (unsigned i = 0; i < 50; ++i)
        CHECK(world.history("t" + std::to_string(i)).back().ended_at - first.began_at < 10s);
}

TEST_CASE("once the API key is good again, a tunnel's own longer backoff is over too") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 2);
    world.tunnel("t1").retry.calm.max = 24h;
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(30min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(31min);
    CHECK(rotated(world, "t", 2) == 2);
}

TEST_CASE("once the API key is good again, a dead instance does not keep the others waiting") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 5);
    for (unsigned i = 0; i < 5; ++i)
        world.tunnel("t" + std::to_string(i)).instance.timeout.connect = 5min;
    world.wire.always("t0-host", call::status, fault::dead());  // it probes first
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(30min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(30min + 10s);
    CHECK(rotated(world, "t", 5) == 4);
}

TEST_CASE("open gaps whose API key is refused ask seldom, and close soon after the key is good again") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 5);
    for (unsigned i = 0; i < 5; ++i)
        world.wire.script("t" + std::to_string(i) + "-host", call::regenerate, fault::lost_after());
    world.journal.fails = [&](const core::tunnel_record& record, const auto&) {
        if (record.open && record.open->unknown)
            world.cloud.api_keys["acme-id"] = "another";
        return false;
    };
    world.start();
    world.run_for(6h);
    CHECK(world.supervisor().open_gaps().size() == 5);
    CHECK(asked_cloud(world) < 100);  // all five together: slow backoff, every seven minutes or so
    world.journal.fails = nullptr;
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(16min);
    CHECK(world.supervisor().open_gaps().empty());
    require_settled(world);
}

TEST_CASE("a 429 pauses its organization for as long as it says, and no other") {
    tests::fake_world world;
    add_tunnels(world, "a", "acme", 3);
    add_tunnels(world, "b", "other", 3);
    world.wire.script("acme-id", call::organization, fault::answer(429, "7200"));
    world.start();
    world.run_for(119min);
    CHECK(rotated(world, "a", 3) == 0);
    CHECK(rotated(world, "b", 3) == 3);
    CHECK(world.wire.sent("acme-id", call::organization) == 1);
    world.run_for(2min);
    CHECK(rotated(world, "a", 3) == 3);
    require_settled(world);
}

TEST_CASE("a 429 pauses open gaps for an hour at most") {
    tests::fake_world world;
    add_tunnels(world, "t", "acme", 2);
    world.wire.script("t0-host", call::regenerate, fault::lost_after());
    world.wire.script("t0-host", call::regenerate, fault::answer(429, "36000"));
    world.start();
    world.run_for(59min);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"t0"});
    CHECK(world.wire.sent("t0-host", call::regenerate) == 2);
    CHECK(world.wire.sent(call::organization) <= 2);
    world.run_for(3min);
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.in_step("t0"));
    world.run_for(8h);
    CHECK(world.wire.sent("t0-host", call::regenerate) == 3);  // the confirmation waits for the whole pause
    world.run_for(2h);
    require_settled(world);
}

TEST_CASE("after an unknown no scheduled rotation of its organization begins, and others go on") {
    tests::fake_world world;
    add_tunnels(world, "a", "acme", 50);
    add_tunnels(world, "b", "other", 50);
    world.draft.cloud.max_in_flight = 4;
    world.wire.always("a0-host", call::regenerate, fault::hangs_after());
    world.start();
    world.run_for(10s);
    const auto before = rotated(world, "a", 50);
    world.run_for(2h);
    CHECK(rotated(world, "b", 50) == 50);
    // Those that were under way when it became known ended, and the latest result counts: so perhaps a few
    // more.
    CHECK(before <= 50);
    world.wire.heal_all();
    require_settled(world);
    CHECK(rotated(world, "a", 50) == 50);
}

TEST_CASE("an outage of the cloud opens no more gaps than there are requests at once") {
    tests::fake_world world;
    add_tunnels(world, "a", "acme", 50);
    add_tunnels(world, "b", "other", 5);
    world.wire.chance = [](const std::string& target, call what) {
        return what == call::regenerate && target[0] == 'a' ? fault::lost_before() : fault{};
    };
    world.start();
    world.run_for(2h);
    CHECK(world.supervisor().open_gaps().size() <= world.draft.cloud.max_in_flight);
    CHECK(rotated(world, "b", 5) == 5);
    world.wire.heal_all();
    world.run_for(20min);  // the longest urgent backoff
    CHECK(rotated(world, "a", 50) == 50);
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
    add_tunnels(world, "t", "acme", 2);
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
    add_tunnels(world, "t", "acme", 2);
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
