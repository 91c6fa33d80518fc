#include "checkups_fixture.hpp"

#include <catch2/catch.hpp>

// Preflights in the background: what comes of them.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;
using fixture = tests::checkups_fixture;

TEST_CASE_METHOD(fixture, "a check that passes lets a rotation begin that waited for just that") {
    auto& tunnel = add("jira", 2h);
    tunnel.schedule.first = core::first_rotation::now;
    tunnel.retry.calm.max = 20h;
    SECTION("credentials") {
        break_login("jira");
        world.start();
        world.run_for(10min);
        CHECK(world.rotated("jira") == 0);
        mend_login("jira");
        world.run_for(4h);
        CHECK(world.rotated("jira") == 1);
    }
    SECTION("not for what no check can see") {
        world.wire.script("jira-host", call::regenerate, fault::answer(403));
        world.start();
        world.run_for(19h);
        CHECK(world.rotated("jira") == 0);
    }
}

TEST_CASE_METHOD(fixture,
                 "a login that a check was refused is not repeated by the rotation that comes due soon after") {
    add("jira", 24h);
    world.start();
    world.run_for(1h);
    const auto logins = [&] { return world.wire.sent("jira-host", call::whoami); };
    auto next_check = [&, before = logins()]() mutable {
        REQUIRE(world.run_until([&] { return logins() > before; }, 25h));
        before = logins();
        return world.loop.now();
    };
    // Due ten minutes after the check of tomorrow.
    world.tunnel("jira").schedule.every = next_check().wall + 24h + 10min - world.record("jira").first_seen;
    world.reload();
    break_login("jira");
    const auto refused_at = next_check().steady;
    CHECK(next_check().steady - refused_at >= 1h);
    CHECK(world.log.count("rotation.begun", "jira") == 0);
}

TEST_CASE_METHOD(fixture, "a rotation that comes due while a check is under way does not log in beside it") {
    add("jira", 24h);
    world.start();
    world.run_for(1h);
    const auto asked = [&] { return world.wire.sent("jira-host", call::status); };
    const auto logins = [&] { return world.wire.sent("jira-host", call::whoami); };
    const auto next_check = [&] {
        REQUIRE(world.run_until([&, before = asked()] { return asked() > before; }, 25h));
        return world.loop.now().wall;
    };
    world.tunnel("jira").schedule.every = next_check() + 24h + 5s - world.record("jira").first_seen;
    world.reload();
    world.run_for(1min);
    fault slow;
    slow.heard_after = 10s;
    world.wire.script("jira-host", call::status, slow);
    const bool good = GENERATE(true, false);
    if (!good)
        break_login("jira");
    next_check();
    const auto before = logins();
    world.run_for(59min);
    CHECK(logins() - before == (good ? 2 : 1));  // one of the check, one of the rotation
    CHECK(world.rotated("jira") == (good ? 1 : 0));
}

TEST_CASE_METHOD(fixture, "a login that was refused is not repeated sooner when the clock is set forward") {
    add("jira", 24h);
    break_login("jira");
    world.start();
    const auto logins = [&] { return world.wire.sent("jira-host", call::whoami); };
    REQUIRE(world.run_until([&] { return logins() == 1; }));
    world.run_for(5min);
    world.loop.step_wall(24h);
    world.run_for(50min);
    CHECK(logins() == 1);
    world.run_for(10min);
    CHECK(logins() == 2);
}

TEST_CASE_METHOD(fixture, "an organization that is paused is not asked in the background either") {
    add(50);
    SECTION("the API key is refused") {
        world.cloud.api_keys["acme-id"] = "another";
        world.start();
        world.run_for(24h);
        CHECK(world.wire.sent(call::organization) <= 26);
        CHECK(world.wire.sent(call::organization) >= 20);
        world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
        world.run_for(4h);
        CHECK(checked(50) == 50);
    }
    SECTION("the rate limit is reached") {
        world.wire.script("acme-id", call::organization, fault::answer(429, "36000"));
        world.start();
        world.run_for(9h);
        CHECK(world.wire.sent(call::organization) == 1);
        world.run_for(3h);
        CHECK(checked(50) == 50);
    }
}

TEST_CASE_METHOD(fixture, "a check that settings have overtaken says nothing, and is repeated at once") {
    add("jira");
    break_login("jira");
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.under_way("jira-host", call::whoami) == 1; }));
    SECTION("other settings") {
        world.secrets.values["better-pat"] = "another";
        world.tunnel("jira").instance.auth = core::bearer_auth{{{}, "better-pat"}};
    }
    SECTION("another content of the same file") {
        world.secrets.values["jira-pat"] = "another";
    }
    world.reload();
    world.run_for(1s);
    CHECK(checked("jira") == 2);
    CHECK(world.log.count("preflight.failed") == 0);
    CHECK(world.log.count("health.degraded") == 0);
    CHECK_FALSE(world.shown("jira")->preflight->failure);
}

TEST_CASE_METHOD(fixture, "a reload repeats a check that failed to log in") {
    add("jira");
    break_login("jira");
    world.start();
    world.run_for(1h);
    world.secrets.values["jira-pat"] = "another";
    world.reload();
    world.run_for(1s);
    CHECK(checked("jira") == 2);
    CHECK(world.shown("jira")->problems.empty());
}

TEST_CASE_METHOD(fixture, "a tunnel removed and put back while it is checked is checked") {
    add("jira");
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.under_way("jira-host", call::status) == 1; }));
    const auto kept = world.tunnel("jira");
    world.remove_tunnel("jira");
    world.reload();
    const bool in_time = GENERATE(true, false);
    if (!in_time)
        world.run_for(1min);
    world.draft.tunnels.push_back(kept);
    world.reload();
    world.run_for(1h);
    CHECK(world.shown("jira")->preflight);
    world.run_for(days(2));
    CHECK(checked("jira") >= 2);
}

TEST_CASE_METHOD(fixture, "neither an end nor a kill minds a check under way") {
    add("jira");
    world.wire.script("jira-host", call::whoami, fault::hangs());
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.under_way("jira-host", call::whoami) == 1; }));
    SECTION("end") {
        world.drain();
        CHECK(world.quiet() == 1);
        world.run_for(days(2));
        CHECK(checked("jira") == 1);
    }
    SECTION("kill") {
        world.crash();
        world.run_for(1h);
        CHECK(checked("jira") == 2);
    }
    CHECK(world.in_step("jira"));
}
