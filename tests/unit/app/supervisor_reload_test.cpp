#include "app/supervisor.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

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
    void mend_key() { world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme"; }
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

TEST_CASE_METHOD(fixture, "credentials that were refused are tried at once after a reload") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.secrets.values["better-pat"] = "s3cr3t-better";
    world.at_instance("jira").authorization = "Bearer s3cr3t-better";
    const bool gap_open = GENERATE(false, true);
    world.tunnel("jira").instance.preflight.credentials = !gap_open;
    world.start();
    world.run_for(1min);
    REQUIRE(world.record("jira").open.has_value() == gap_open);
    REQUIRE(world.in_step("jira") == !gap_open);
    SECTION("under another reference") {
        world.tunnel("jira").instance.auth = core::bearer_auth{{{}, "better-pat"}};
        world.reload();
    }
    SECTION("in the same file") {
        world.secrets.values["jira-pat"] = "s3cr3t-better";
        world.reload();
    }
    world.run_for(1s);
    CHECK(world.in_step("jira"));
    CHECK(world.rotated("jira") == 1);
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.broken() == lines{});
}

TEST_CASE("credentials that are refused still lead to one attempt a reload") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 3);
    for (unsigned i = 0; i < 3; ++i)
        world.at_instance("t" + std::to_string(i)).authorization = "Bearer another";
    world.start();
    world.run_for(1min);
    const auto asked = world.wire.sent(call::whoami);
    world.reload();
    world.run_for(10min);
    CHECK(world.wire.sent(call::whoami) == asked + 3);
    CHECK(world.log.count("health.degraded") == 3);
}

TEST_CASE("once the API key is renewed, a reload lets all go on, with one question to the cloud") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 20);
    world.cloud.api_keys["acme-id"] = "s3cr3t-new";
    world.start();
    world.run_for(5min);
    REQUIRE(world.rotated("t", 20) == 0);
    const bool other_reference = GENERATE(false, true);
    if (other_reference) {
        world.secrets.values["new-key"] = "s3cr3t-new";
        for (auto& each : world.draft.tunnels)
            each.organization.api_key.value = "new-key";
    } else {
        world.secrets.values["acme-api-key"] = "s3cr3t-new";
    }
    const auto asked = world.wire.sent(call::organization);
    world.reload();
    world.run_for(5s);
    CHECK(world.rotated("t", 20) == 20);
    CHECK(world.wire.sent(call::organization) == asked + 1);
    CHECK(world.broken() == lines{});
}

TEST_CASE("an answer that the old content of a file got says nothing of the new") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 2);
    world.tunnel("t1").schedule.first = core::first_rotation::wait;
    world.cloud.api_keys["acme-id"] = "s3cr3t-new";
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent(call::organization) == 1; }));
    world.secrets.values["acme-api-key"] = "s3cr3t-new";
    world.tunnel("t1").schedule.every = 1ms;
    world.reload();
    world.tunnel("t1").schedule.every = days(30);
    world.run_for(5s);
    CHECK(world.rotated("t1") > 0);
}

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
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 8; ++i)
            world.draft.tunnels[static_cast<std::size_t>(round * 100 + i)].schedule.every -= 1h;
        world.add_tunnel("new" + std::to_string(round));
        world.draft.tunnels.erase(world.draft.tunnels.begin() + 5000);
        auto config = std::make_shared<const core::config>(world.draft);
        const auto before = std::chrono::steady_clock::now();
        const auto changes = world.supervisor().apply(std::move(config), {});
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
        CHECK(changes.changed == 8);
        CHECK(changes.added == 1);
        CHECK(changes.removed == 1);
    }
    std::sort(took.begin(), took.end());
    WARN("apply() took " << took[2] << " ms (median of five), " << took[4] << " ms at most");
    CHECK(took[2] < 50);
}
