#include "checkups_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// A wait that is over is over on disk, too: it does not come back with the next start.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

struct fixture : tests::checkups_fixture {
    [[nodiscard]] lines problems(const std::string& name) const {
        const auto seen = world.shown(name);
        lines codes;
        for (const auto& each : seen->problems)
            codes.emplace_back(each.code);
        return codes;
    }
    /// A person has each rotated before it is due, and the cloud refuses that: what no check can see.
    void refuse(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            const auto name = "t" + std::to_string(i);
            world.wire.script(name + "-host", call::regenerate, fault::answer(403));
            world.supervisor().rotate(name, "root");
        }
        world.run_for(1min);
        for (unsigned i = 0; i < count; ++i)
            REQUIRE(problems("t" + std::to_string(i)) == lines{"regenerate_refused"});
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "what a check that passes has ended does not come back with a restart") {
    add("jira");
    break_login("jira");
    world.start();
    world.supervisor().rotate("jira", "root");
    world.run_for(1s);
    REQUIRE(problems("jira") == lines{"credentials_refused"});
    mend_login("jira");
    world.run_for(3h);
    REQUIRE(problems("jira").empty());
    world.crash();
    CHECK(problems("jira").empty());
    CHECK_FALSE(world.shown("jira")->retry_at);
}

TEST_CASE_METHOD(fixture, "a check that passes ends what an earlier run was kept from") {
    auto& tunnel = add("jira", 2h);
    tunnel.schedule.first = core::first_rotation::now;
    tunnel.retry.calm.max = 20h;
    break_login("jira");
    world.start();
    world.run_for(10min);
    world.crash();
    REQUIRE(problems("jira") == lines{"rotation_failing"});
    mend_login("jira");
    world.run_for(1h + 5s);  // within which the first check comes
    CHECK(world.rotated("jira") == 1);
    CHECK(problems("jira").empty());
}

TEST_CASE_METHOD(fixture, "what a reload has ended does not come back with a restart") {
    add(1);
    world.start();
    refuse(1);
    const bool in_this_run = GENERATE(true, false);
    if (!in_this_run) {
        world.crash();
        REQUIRE(problems("t0") == lines{"rotation_failing"});
    }
    world.reload();
    world.run_for(1s);
    CHECK(problems("t0").empty());
    world.crash();
    CHECK(problems("t0").empty());
}

TEST_CASE_METHOD(fixture, "an API key that was renewed is so after a restart, for all that waited for it") {
    add(3);
    world.cloud.api_keys["acme-id"] = "another";
    world.start();
    for (const auto& each : world.draft.tunnels)
        world.supervisor().rotate(each.name, "root");
    world.run_for(1min);
    REQUIRE(problems("t2") == lines{"api_key_refused"});
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    REQUIRE(world.run_until([&] { return problems("t2").empty() || checked(3) == 1; }, 2h));
    world.run_for(1s);
    world.crash();
    for (const auto& each : world.draft.tunnels)
        CHECK(world.record(each.name).failures == 0);
}

TEST_CASE_METHOD(fixture,
                 "a rotation that a person asked for, and that was abandoned, leaves no wait of before") {
    add(1);
    world.start();
    refuse(1);
    fault slow;
    slow.heard_after = 10s;
    world.wire.script("t0-host", call::status, slow);
    world.supervisor().rotate("t0", "root");
    REQUIRE(world.run_until([&] { return world.wire.under_way("t0-host", call::status) == 1; }));
    const auto left = world.tunnel("t0");
    world.remove_tunnel("t0");
    world.reload();
    world.run_for(1min);
    REQUIRE(world.log.count("rotation.abandoned", "t0") == 1);
    world.draft.tunnels.push_back(left);
    world.crash();
    CHECK(problems("t0").empty());
}

TEST_CASE_METHOD(fixture, "a reload writes those whose wait it ends, once, and nobody else") {
    add(10);
    world.start();
    refuse(5);
    std::vector<std::string> kept;
    world.journal.kept = [&](const core::tunnel_record& record) { kept.push_back(record.name); };
    world.reload();
    world.run_for(1min);
    CHECK(kept == lines{"t0", "t1", "t2", "t3", "t4"});
    world.reload();
    world.run_for(days(1));
    CHECK(kept.size() == 5);
}

TEST_CASE_METHOD(fixture,
                 "a disk that does not take the end of many waits is told of once a minute, and asked again") {
    add(50);
    world.start();
    refuse(50);
    world.journal.fails = [](const auto&, const auto&) { return true; };
    world.reload();
    world.run_for(10min + 30s);
    CHECK(world.log.count("store.failed") == 11);
    CHECK(problems("t7").empty());
    CHECK(world.record("t7").failures == 1);
    world.journal.fails = nullptr;
    world.run_for(1min);
    for (const auto& each : world.draft.tunnels)
        CHECK(world.record(each.name).failures == 0);
    CHECK(world.log.count("store.failed") == 11);
}
