#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Whoever waits for a person need not wait after a reload.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.every = days(10); }
    tests::fake_world world;
};

}  // namespace

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

TEST_CASE_METHOD(fixture, "a removed tunnel whose credentials are mended is finished at once after a reload") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.tunnel("jira").instance.preflight.credentials = false;
    world.at_instance("jira").authorization = "Bearer s3cr3t-better";
    world.start();
    world.run_for(1min);
    world.remove_tunnel("jira");
    world.reload();
    world.run_for(3h);
    REQUIRE(world.shown("jira")->state == "waiting");
    world.secrets.values["jira-pat"] = "s3cr3t-better";
    world.reload();
    world.run_for(1s);
    CHECK(world.in_step("jira"));
    CHECK(world.shown("jira") == nullptr);
}

TEST_CASE_METHOD(fixture,
                 "a refusal that is on its way when the credentials are mended is not waited for long") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").authorization = "Bearer s3cr3t-better";
    const bool gap_open = GENERATE(false, true);
    world.tunnel("jira").instance.preflight.credentials = !gap_open;
    auto slow = fault::answer(401);
    slow.heard_after = 5s;
    world.wire.script("jira-host", gap_open ? call::install : call::whoami, slow);
    world.start();
    world.run_for(1s);
    world.secrets.values["jira-pat"] = "s3cr3t-better";
    world.reload();
    world.run_for(5s);
    CHECK(world.in_step("jira"));
    CHECK(world.rotated("jira") == 1);
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.broken() == lines{});
}

TEST_CASE_METHOD(fixture, "a refusal that a reload overtook, and that stands, leads to one attempt more") {
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").authorization = "Bearer another";
    auto slow = fault::answer(401);
    slow.heard_after = 5s;
    world.wire.script("jira-host", call::whoami, slow);
    world.start();
    world.run_for(1s);
    world.reload();
    world.run_for(30min);
    CHECK(world.wire.sent(call::whoami) == 2);
    CHECK(world.wire.sent(call::regenerate) == 0);
}
