#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// `run --once`.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

struct fixture {
    fixture() {
        for (const char* name : {"due", "later", "also"})
            world.add_tunnel(name);
        world.tunnel("due").schedule.first = core::first_rotation::now;
        world.tunnel("also").schedule.first = core::first_rotation::now;
    }

    app::once_result run(const std::vector<std::string>& names = {}, core::duration max_wait = 1h) {
        world.start_once(names, max_wait);
        REQUIRE(world.run_until_quiet(max_wait + 1min));
        const auto result = world.supervisor().result();
        world.run_for(1h);
        CHECK(world.quiet() == 1);
        CHECK(world.broken() == std::vector<std::string>{});
        world.kill();
        return result;
    }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "run --once rotates what is due and nothing else") {
    const auto result = run();
    CHECK(result.rotated == 2);
    CHECK(result.failed + result.held + result.unfinished + result.confirmations_owed == 0);
    CHECK(world.rotated("due") == 1);
    CHECK(world.rotated("also") == 1);
    CHECK(world.rotated("later") == 0);
    CHECK(run().rotated == 0);
    world.run_for(std::chrono::days(31));
    CHECK(run().rotated == 3);
}

TEST_CASE_METHOD(fixture, "run --once with names rotates these, due or not, and no others") {
    const auto result = run({"later", "also"});
    CHECK(result.rotated == 2);
    CHECK(world.rotated("due") == 0);
    CHECK(world.rotated("later") == 1);
    CHECK(world.rotated("also") == 1);
    CHECK(world.history("later").front().why == core::reason::manual);
}

TEST_CASE("run --once is quiet at once where nothing is to be done at all") {
    tests::fake_world world;
    if (GENERATE(true, false))
        world.add_tunnel("later");
    world.start_once();
    CHECK(world.quiet() == 1);
    world.run_for(2h);
    CHECK(world.quiet() == 1);
    CHECK(world.supervisor().result().rotated == 0);
}

TEST_CASE_METHOD(fixture,
                 "run --once counts a refused rotation and a failed preflight as failed, and tries each once") {
    world.wire.always("due-host", call::regenerate, fault::answer(404));
    world.at_instance("also").state = "STARTING";
    const auto result = run();
    CHECK(result.failed == 2);
    CHECK(result.rotated == 0);
    CHECK(world.wire.sent("due-host", call::regenerate) == 1);
    CHECK(world.wire.sent("also-host", call::status) == 1);
}

TEST_CASE_METHOD(fixture,
                 "run --once skips what backs off, counts it as failed, and asks nobody, and a name does") {
    world.at_instance("due").authorization = "Bearer another";
    world.start_once();
    REQUIRE(world.run_until_quiet());
    world.kill();
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().failed == 1);
    CHECK(world.wire.sent("due-host", call::whoami) == 1);
    CHECK(world.log.count("rotation.skipped", "due") == 1);
    world.kill();
    world.start_once({"due"});
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().failed == 1);
    CHECK(world.wire.sent("due-host", call::whoami) == 2);
}

TEST_CASE_METHOD(fixture, "run --once works on open gaps until they are closed") {
    world.wire.script("due-host", call::regenerate, fault::lost_after());
    world.wire.script("due-host", call::install, fault::answer(503));
    world.wire.script("due-host", call::install, fault::no_connection());
    const auto result = run();
    CHECK(result.rotated == 2);
    CHECK(result.unfinished == 0);
    CHECK(result.confirmations_owed == 1);
    CHECK(world.in_step("due"));
}

TEST_CASE_METHOD(fixture,
                 "run --once rotates for a confirmation that an earlier one left owed, once that is due") {
    world.wire.script("due-host", call::regenerate, fault::lost_after());
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().confirmations_owed == 1);
    world.kill();
    world.run_for(5min);
    world.start_once();
    CHECK(world.quiet() == 1);  // too early
    CHECK(world.supervisor().result().confirmations_owed == 1);
    world.kill();
    world.run_for(6min);
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().rotated == 1);
    CHECK(world.supervisor().result().confirmations_owed == 0);
    CHECK(world.history("due").back().why == core::reason::confirm);
    CHECK(world.wire.sent("due-host", call::regenerate) == 3);
}

TEST_CASE_METHOD(fixture, "run --once says what is unfinished when nothing more can end before its deadline") {
    world.wire.always("due-host", call::install, fault::answer(403));  // slow backoff
    const auto result = run({}, 3min);
    CHECK(result.unfinished == 1);
    CHECK(result.rotated == 1);
    const auto key = world.at_cloud("due").key;
    world.wire.heal_all();
    world.run_for(15min);
    CHECK(world.at_cloud("due").key == key);
}

TEST_CASE_METHOD(fixture, "run --once ends when all open gaps are held") {
    world.at_cloud("due").on_premise_url = "https://later.example";
    const auto result = run();
    CHECK(result.held == 1);
    CHECK(result.rotated == 1);
    CHECK(world.wire.sent("due-host", call::install) == 0);
    CHECK(run().held == 1);
}

TEST_CASE_METHOD(fixture,
                 "run --once --tunnel asks anew for a tunnel that is held, and does not wait for its backoff") {
    SECTION("held: a new key is made, and its guards are checked") {
        world.at_cloud("due").on_premise_url = "https://later.example";
        CHECK(run({"due"}).held == 1);
        world.at_cloud("due").on_premise_url = "";
        CHECK(run({"due"}).rotated == 1);
        CHECK(world.wire.sent("due-host", call::regenerate) == 2);
    }
    SECTION("backing off: it is tried at once") {
        world.wire.always("due-host", call::install, fault::answer(401));
        world.tunnel("due").retry.slow = {12h, 12h};
        world.start_once({"due"}, 1s);
        REQUIRE(world.run_until_quiet(1min));
        CHECK(world.supervisor().result().unfinished == 1);
        world.kill();
        world.wire.heal_all();
        world.start_once({"due"}, 1s);
        REQUIRE(world.run_until_quiet(1min));
        CHECK(world.supervisor().result().rotated == 1);
        CHECK(world.wire.sent("due-host", call::regenerate) == 1);
    }
    CHECK(world.in_step("due"));
}

TEST_CASE_METHOD(fixture,
                 "run --once fails all tunnels of an organization whose API key is bad, with one question") {
    world.cloud.api_keys["acme-id"] = "another";
    for (int i = 0; i < 400; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.first = core::first_rotation::now;
    world.cloud.api_keys["acme-id"] = "another";
    const auto result = run();
    CHECK(result.failed == 402);
    CHECK(world.wire.sent(call::organization) <= 2);
    CHECK(world.wire.sent(call::regenerate) == 0);
}

TEST_CASE_METHOD(fixture, "run --once waits for a short pause, and fails what a long one keeps from its turn") {
    const bool is_short = GENERATE(true, false);
    world.wire.script("acme-id", call::organization, fault::answer(429, is_short ? "600" : "7200"));
    const auto result = run();
    CHECK(result.rotated == (is_short ? 2 : 0));
    CHECK(result.failed + result.unfinished == (is_short ? 0 : 2));
}

TEST_CASE_METHOD(fixture, "run --once with an outage rotates the rest when that is over") {
    world.draft.cloud.max_in_flight = 1;
    world.wire.script("due-host", call::regenerate, fault::lost_before());
    world.wire.script("due-host", call::regenerate, fault::lost_before());
    world.wire.script("due-host", call::regenerate, fault::lost_before());
    const auto result = run();
    CHECK(result.rotated == 2);
    CHECK(result.unfinished == 0);
}

TEST_CASE_METHOD(fixture, "run --once does not wait for an outage that cannot end before its deadline") {
    world.draft.cloud.max_in_flight = 1;
    auto busy = fault::answer(503, "300");
    world.wire.always("due-host", call::regenerate, busy);
    world.start_once({}, 2min);
    CHECK(world.run_until_quiet(1min));
    CHECK(world.supervisor().result().unfinished == 2);
    CHECK(world.supervisor().result().rotated == 0);
}

TEST_CASE_METHOD(fixture, "run --once is not quiet before done is written") {
    bool fail = true;
    world.journal.fails = [&](const auto&, const std::optional<core::history_entry>& ended) {
        return fail && ended && ended->how == core::outcome::installed;
    };
    world.start_once();
    world.run_for(5min);
    CHECK(world.quiet() == 0);
    CHECK(world.supervisor().result().unfinished == 2);
    fail = false;
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().rotated == 2);
}

TEST_CASE("run --once rotates two thousand due tunnels") {
    tests::fake_world world;
    for (int i = 0; i < 2000; ++i)
        world.add_tunnel("t" + std::to_string(i)).schedule.first = core::first_rotation::now;
    world.start_once();
    REQUIRE(world.run_until_quiet(10min));
    CHECK(world.supervisor().result().rotated == 2000);
    CHECK(world.all_in_step());
    CHECK(world.wire.sent(call::regenerate) == 2000);
    CHECK(world.broken() == std::vector<std::string>{});
}
