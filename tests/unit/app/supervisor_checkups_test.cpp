#include "checkups_fixture.hpp"
#include "core/schedule/jitter.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Preflights in the background: when.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;
using fixture = tests::checkups_fixture;

TEST_CASE_METHOD(fixture, "background preflights are spread over their period, the same after a restart") {
    add(1000);
    world.start();
    world.run_for(1h);
    CHECK(checked(1000) == 1000);  // the first within an hour of the start
    CHECK(world.wire.most_under_way(call::status) <= 16);
    world.run_for(days(2) - 1h);
    const auto hours = hours_of_a_day();
    CHECK(hours.size() == 1000);
    std::vector<double> buckets(24);
    for (const auto& [name, hour] : hours)
        ++buckets[hour];
    double chi_square = 0;
    for (const auto bucket : buckets)
        chi_square += (bucket - 1000. / 24) * (bucket - 1000. / 24) / (1000. / 24);
    CHECK(chi_square < 49.7);  // one in a thousand is above it, with 23 degrees of freedom

    world.crash();
    world.run_for(days(2));
    CHECK(hours_of_a_day() == hours);
    CHECK(world.wire.sent(call::regenerate) + world.wire.sent(call::install) == 0);
    CHECK(world.log.count("health.degraded") == 0);
}

TEST_CASE_METHOD(fixture, "nothing is checked in the background where that is not asked for") {
    SECTION("never") {
        add("jira").instance.preflight.every.reset();
        world.start();
    }
    SECTION("once") {
        add("jira");
        world.start_once();
    }
    SECTION("removed") {
        add("jira");
        world.start();
        world.remove_tunnel("jira");
        world.reload();
    }
    SECTION("no longer") {
        add("jira");
        world.start();
        world.tunnel("jira").instance.preflight.every.reset();
        world.reload();
    }
    SECTION("ending") {
        add("jira");
        world.start();
        world.drain();
        CHECK(world.quiet() == 1);
    }
    world.run_for(days(10));
    CHECK(checked("jira") == 0);
    CHECK(world.wire.sent(call::status) == 0);
}

TEST_CASE_METHOD(fixture, "a new tunnel, and one with other settings, is checked at once") {
    add("jira");
    world.start();
    world.run_for(days(3));
    const auto before = checked("jira");
    add("new");
    world.tunnel("jira").instance.timeout.request = 30s;
    world.reload();
    world.run_for(1s);
    CHECK(checked("new") == 1);
    CHECK(checked("jira") == before + 1);
}

TEST_CASE_METHOD(fixture,
                 "at most sixteen are checked at once, and dead instances stop the others for a while only") {
    world.start();
    add(200);
    for (unsigned i = 0; i < 50; ++i)
        world.wire.always("t" + std::to_string(i) + "-host", call::status, fault::dead());
    world.reload();
    world.run_for(1s);
    CHECK(world.wire.most_under_way(call::status) == 16);
    world.run_for(1min);
    CHECK(checked(200) == 150);
    CHECK(world.wire.most_under_way(call::status) == 16);
    CHECK(world.supervisor().summarize().degraded == 50);
}

TEST_CASE_METHOD(fixture,
                 "dead instances of one organization delay another's checks by a few of theirs, not by all") {
    world.start();
    add(500);
    for (unsigned i = 0; i < 500; ++i)
        world.wire.always("t" + std::to_string(i) + "-host", call::status, fault::dead());
    for (unsigned i = 0; i < 20; ++i)
        add("other" + std::to_string(i), 24h, "other");
    world.reload();
    world.run_for(2 * world.tunnel("t0").instance.timeout.connect + 1s);
    CHECK(checked("other", 20) == 20);
    world.run_for(10min);
    CHECK(world.wire.sent(call::status) == 520);
    CHECK(world.wire.most_under_way(call::status) == 16);
}

TEST_CASE_METHOD(fixture, "who waits for its turn meanwhile may leave, or no longer want it") {
    world.start();
    add(60);
    for (unsigned i = 0; i < 16; ++i)
        world.wire.always("t" + std::to_string(i) + "-host", call::status, fault::dead());
    world.reload();
    world.run_for(1s);
    REQUIRE(world.wire.sent(call::status) == 16);
    for (unsigned i = 16; i < 30; ++i)
        world.tunnel("t" + std::to_string(i)).instance.preflight.every.reset();
    for (unsigned i = 30; i < 40; ++i)
        world.remove_tunnel("t" + std::to_string(i));
    for (unsigned i = 40; i < 60; ++i)
        world.tunnel("t" + std::to_string(i)).instance.timeout.request = 30s;  // asked for twice
    world.reload();
    world.run_for(5min);
    CHECK(checked(60) == 20);
    CHECK(world.wire.sent(call::whoami) == 20);
}

TEST_CASE_METHOD(fixture, "a rotation's own preflight serves as well") {
    add("jira", 24h).schedule = {10h, 0ms, core::first_rotation::now};
    world.start();
    world.run_for(days(10));
    CHECK(checked("jira") == world.rotated("jira"));
}

TEST_CASE_METHOD(fixture,
                 "a check that fails is said with its remedy, and repeated after an hour, not sooner") {
    add("jira");
    break_login("jira");
    world.start();
    world.run_for(1h);
    REQUIRE(checked("jira") == 1);
    CHECK(world.log.count("preflight.failed", "jira") == 1);
    CHECK(world.log.count("health.degraded", "jira") == 1);
    CHECK(world.shown("jira")->problems.front().code == "credentials_refused");
    for (const auto& line : world.log.lines)
        if (line.event.name == "preflight.failed")
            CHECK(line.event.message.find("renew the token or password") != std::string::npos);
    const auto at = world.shown("jira")->preflight->at;
    world.run_for(at + 1h - 1s - world.loop.now().wall);
    CHECK(checked("jira") == 1);
    world.run_for(2s);
    CHECK(checked("jira") == 2);
    mend_login("jira");
    world.run_for(1h);
    CHECK(checked("jira") == 3);
    CHECK(world.log.count("health.degraded") == 1);
    CHECK(world.log.count("health.recovered") == 1);
    CHECK(world.at_cloud("jira").made == 0);
}

TEST_CASE_METHOD(fixture, "a check that failed is repeated in time though the tunnel is renamed") {
    add(10);
    for (auto& each : world.draft.tunnels)
        world.at_instance(each.name).state = "MAINTENANCE";
    world.start();
    world.run_for(1h);
    REQUIRE(world.wire.sent(call::status) == 10);
    for (auto& each : world.draft.tunnels)
        each.name += " renamed";
    world.reload();
    world.run_for(1h + 1s);
    CHECK(world.wire.sent(call::status) == 20);
}

TEST_CASE_METHOD(fixture, "credentials that a rotation found dead are not tried in the background as well") {
    add("jira").schedule.first = core::first_rotation::now;
    break_login("jira");
    world.start();
    world.run_for(12h + 1min);
    CHECK(checked("jira") == 13);
}

TEST_CASE_METHOD(fixture, "a busy tunnel whose first check falls on the very start does not stop the loop") {
    unsigned number = 0;
    const auto name = [&] { return "t" + std::to_string(number); };
    while (core::jitter_of({"acme-id", name() + "-host"}, world.loop.now().wall, 1h, world.salt) != 0ms)
        ++number;
    add(name()).schedule.first = core::first_rotation::now;
    world.wire.always(name() + "-host", call::status, fault::hangs());
    world.start();
    world.run_for(1h);
    world.wire.heal_all();
    world.run_for(2h);
    CHECK(world.rotated(name()) == 1);
}
