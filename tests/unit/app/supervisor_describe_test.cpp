#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// What endpoints show.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

std::vector<std::string> names(const tests::fake_world& world) {
    std::vector<std::string> all;
    for (const auto& each : world.overview().tunnels)
        all.push_back(each.name);
    return all;
}

std::uint64_t ended(const tests::fake_world& world, const std::string& name, core::outcome how) {
    return world.shown(name)->ended.at(static_cast<std::size_t>(how));
}

}  // namespace

TEST_CASE("tunnels are shown in the configuration's order, and those that left it behind them") {
    tests::fake_world world;
    for (const char* name : {"c", "a", "b"})
        world.add_tunnel(name);
    world.tunnel("c").schedule.first = core::first_rotation::now;
    world.wire.always("c-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    CHECK(names(world) == std::vector<std::string>{"c", "a", "b"});
    std::swap(world.draft.tunnels[1], world.draft.tunnels[2]);
    world.reload();
    CHECK(names(world) == std::vector<std::string>{"c", "b", "a"});
    world.remove_tunnel("c");
    world.add_tunnel("0");
    world.reload();
    CHECK(names(world) == std::vector<std::string>{"b", "a", "0", "c"});
    CHECK_FALSE(world.shown("c")->configured);
    CHECK_FALSE(world.shown("c")->next);
    CHECK(world.shown("c")->settings->instance.url.text() == "https://c.example");
    world.wire.heal_all();
    world.run_for(5min);
    CHECK(names(world) == std::vector<std::string>{"b", "a", "0"});
}

TEST_CASE("a rotation under way is shown with its reason, its beginning and its requests") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.script("jira-host", call::regenerate, fault::lost_after());
    world.wire.script("jira-host", call::install, fault::answer(503));
    world.start();
    CHECK(world.shown("jira")->state == "preflight");
    const auto began = world.loop.now().wall;
    REQUIRE(world.run_until([&] { return world.wire.sent(call::install) == 2; }));
    const auto shown = world.shown("jira");
    REQUIRE(shown->rotation);
    CHECK(shown->state == "installing");
    CHECK(shown->rotation->why == core::reason::first);
    CHECK(shown->rotation->began_at == began);
    CHECK(shown->rotation->regenerates == 2);
    CHECK(shown->rotation->installs == 2);
    CHECK(shown->gap_opened_at == world.record("jira").open->gap_opened_at);
    CHECK(shown->key_pending);
    CHECK(shown->confirmation_owed);
    CHECK(shown->preflight);
    world.run_for(1min);
    CHECK_FALSE(world.shown("jira")->rotation);
    CHECK_FALSE(world.shown("jira")->gap_opened_at);
    CHECK_FALSE(world.shown("jira")->key_pending);
    CHECK(world.shown("jira")->state == "idle");
    CHECK(world.shown("jira")->last_success == world.record("jira").last_success);
}

TEST_CASE("rotations of this run are counted by what came of them") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.script("jira-host", call::status, fault::answer(503));
    world.wire.script("jira-host", call::regenerate, fault::answer(404));
    world.wire.script("jira-host", call::regenerate, fault::answer(404));
    world.start();
    world.run_for(days(31));
    CHECK(ended(world, "jira", core::outcome::preflight_failed) == 1);
    CHECK(ended(world, "jira", core::outcome::refused) == 2);
    CHECK(ended(world, "jira", core::outcome::installed) == 2);
    CHECK(ended(world, "jira", core::outcome::store_failed) == 0);
    CHECK(world.history("jira").size() == 5);
    world.reload();
    CHECK(ended(world, "jira", core::outcome::installed) == 2);
    world.crash();
    CHECK(ended(world, "jira", core::outcome::installed) == 0);
}

TEST_CASE("the last preflight, the backoff and the next time are shown") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule = {days(10), 0ms, core::first_rotation::wait};
    world.start();
    CHECK_FALSE(world.shown("jira")->preflight);
    const auto due = world.loop.now().wall + days(10);
    CHECK(world.shown("jira")->next->at == due);
    CHECK(world.shown("jira")->next->why == core::reason::scheduled);
    world.at_instance("jira").authorization = "Bearer another";
    world.run_for(days(10) + 1s);
    auto shown = world.shown("jira");
    REQUIRE(shown->preflight);
    CHECK(shown->preflight->failure->at == core::preflight_failure::check::credentials);
    CHECK(shown->failures == 1);
    CHECK(*shown->retry_at - shown->preflight->at == 1h);
    CHECK_FALSE(shown->last_error.empty());
    world.at_instance("jira").authorization = "Bearer s3cr3t-pat-jira";
    world.run_for(2h);
    shown = world.shown("jira");
    CHECK_FALSE(shown->preflight->failure);
    CHECK(shown->failures == 0);
    CHECK_FALSE(shown->retry_at);
    CHECK(shown->last_error.empty());
    CHECK(shown->next->at == *shown->last_success + days(10));
}

TEST_CASE("the summary names who is due next, and when") {
    tests::fake_world world;
    world.start();
    CHECK(world.supervisor().summarize().next.empty());
    CHECK(world.supervisor().summarize().tunnels == 0);
    world.add_tunnel("later").schedule.every = days(20);
    world.add_tunnel("sooner").schedule.every = days(10);
    world.reload();
    auto sum = world.supervisor().summarize();
    CHECK(sum.tunnels == 2);
    CHECK(sum.next == "sooner");
    CHECK(sum.next_at == world.loop.now().wall + days(10));
    world.run_for(days(10) + 1ms);
    CHECK(world.supervisor().summarize().rotating == 1);
    world.run_for(1s);
    sum = world.supervisor().summarize();
    CHECK(sum.next == "later");
    CHECK(sum.rotating == 0);
    world.tunnel("sooner").schedule.every = days(9);
    world.tunnel("sooner").name = "soonest";
    world.reload();
    CHECK(world.supervisor().summarize().next == "soonest");
}

TEST_CASE("a request that waits for its turn is kept over a reload") {
    tests::fake_world world;
    std::vector<std::string> all;
    for (unsigned i = 0; i < 257; ++i) {  // one more than begin at once
        all.push_back("t" + std::to_string(i));
        world.add_tunnel(all.back());
    }
    world.start_once(all);
    world.tunnel("t256").schedule.every = days(20);
    world.reload();
    REQUIRE(world.run_until_quiet());
    CHECK(world.rotated("t256") == 1);
}

TEST_CASE("no more is described than somebody wants to see, and the sums are the same") {
    tests::fake_world world;
    world.add_tunnel("jira");
    world.add_tunnel("confluence");
    world.add_tunnel("bamboo");
    world.draft.organizations.push_back(world.draft.tunnels.front().organization);
    world.tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::status, fault::answer(503));
    world.start();
    world.run_for(std::chrono::minutes(1));
    using kind = core::extent::kind;

    const auto daemon = world.overview({kind::daemon});
    CHECK(daemon.tunnels.empty());
    CHECK(daemon.organizations.empty());

    const auto troubled = world.overview({kind::problems});
    REQUIRE(troubled.tunnels.size() == 1);
    CHECK(troubled.tunnels.front().name == "jira");
    CHECK(troubled.well == 2);
    CHECK(troubled.organizations.size() == 1);
    CHECK(core::verdict_on(troubled) == core::verdict_on(world.overview()));

    const auto one = world.overview({kind::tunnel, "bamboo"});
    REQUIRE(one.tunnels.size() == 1);
    CHECK(one.tunnels.front().name == "bamboo");
    CHECK(world.overview({kind::tunnel, "nobody"}).tunnels.empty());

    CHECK(world.overview().tunnels.size() == 3);
    CHECK(world.overview().well == 0);
}
