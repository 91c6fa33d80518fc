#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// What the tunnels of one organization share: its API key, its rate limit, its outages.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

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
    world.add_due_tunnels("t", "acme", 50);
    world.start();
    world.run_for(1min);
    CHECK(world.rotated("t", 50) == 50);
    CHECK(world.wire.sent(call::organization) <= 2);
    require_settled(world);
}

TEST_CASE("a cloud that answers 401 leaves fifty keys alone, and is asked about once an hour") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 50);
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
    world.add_due_tunnels("t", "acme", 5);
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
    world.add_due_tunnels("t", "acme", 50);
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
    CHECK(world.rotated("t", 50) == 50);
}

TEST_CASE("once the API key is good again, all go on at once") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 50);
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(150min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(1h);
    CHECK(world.rotated("t", 50) == 50);
    const auto& first = world.history("t0").back();
    for (unsigned i = 0; i < 50; ++i)
        CHECK(world.history("t" + std::to_string(i)).back().ended_at - first.began_at < 10s);
}

TEST_CASE("once the API key is good again, a tunnel's own longer backoff is over too") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
    world.tunnel("t1").retry.calm.max = 24h;
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(30min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(31min);
    CHECK(world.rotated("t", 2) == 2);
}

TEST_CASE("once the API key is good again, a dead instance does not keep the others waiting") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 5);
    for (unsigned i = 0; i < 5; ++i)
        world.tunnel("t" + std::to_string(i)).instance.timeout.connect = 5min;
    world.wire.always("t0-host", call::status, fault::dead());  // it probes first
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    world.run_for(30min);
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    world.run_for(30min + 10s);
    CHECK(world.rotated("t", 5) == 4);
}

TEST_CASE("open gaps whose API key is refused ask seldom, and close soon after the key is good again") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 5);
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
    world.add_due_tunnels("a", "acme", 3);
    world.add_due_tunnels("b", "other", 3);
    world.wire.script("acme-id", call::organization, fault::answer(429, "7200"));
    world.start();
    world.run_for(119min);
    CHECK(world.rotated("a", 3) == 0);
    CHECK(world.rotated("b", 3) == 3);
    CHECK(world.wire.sent("acme-id", call::organization) == 1);
    world.run_for(2min);
    CHECK(world.rotated("a", 3) == 3);
    require_settled(world);
}

TEST_CASE("a 429 pauses open gaps for an hour at most") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
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
