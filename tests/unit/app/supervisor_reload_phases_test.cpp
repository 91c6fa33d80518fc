#include "app/supervisor.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// Another configuration while a rotation is under way: in each of its phases.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

/// Its key gap was never opened.
bool is_before_intent(const tests::phase& at) {
    return !at.gap_open && at.name != "closing" && !at.lost;
}

template <class Test>
void in_each_phase(Test test) {
    for (const auto& at : tests::phases()) {
        INFO(at.name);
        tests::fake_world world;
        begin(world, at);
        REQUIRE(world.run_until([&] { return at.reached(world); }));
        test(world, at);
        CHECK(world.broken() == lines{});
    }
}

}  // namespace

TEST_CASE("a tunnel removed before its intent keeps its key, and one removed later is finished first") {
    in_each_phase([](tests::fake_world& world, const tests::phase& at) {
        const auto made = world.at_cloud("jira").made;
        world.remove_tunnel("jira");
        CHECK(world.reload().removed == 1);
        CHECK((world.shown("jira") != nullptr) == (!is_before_intent(at) || at.name == "in preflight"));
        world.run_for(1h);
        CHECK(world.in_step("jira"));
        CHECK(world.shown("jira") == nullptr);
        CHECK(world.supervisor().open_gaps().empty());
        CHECK(world.supervisor().summarize().rotating == 0);
        CHECK(world.supervisor().summarize().degraded == 0);
        const unsigned rotated = is_before_intent(at) ? 0 : at.lost ? 2 : 1;
        CHECK(world.rotated("jira") == rotated);
        if (is_before_intent(at)) {
            CHECK(world.at_cloud("jira").made == made);
        } else {
            CHECK_FALSE(world.record("jira").open);
            CHECK_FALSE(world.record("jira").confirmation_owed);
        }
        world.run_for(days(100));
        CHECK(world.rotated("jira") == rotated);
    });
}

TEST_CASE("a tunnel removed and put back goes on, at once or a little later") {
    for (const auto between : {0ms, 1ms, 7ms, 300ms, 1'000ms, 60'000ms})
        in_each_phase([&](tests::fake_world& world, const tests::phase&) {
            INFO(between.count() << " ms between");
            const auto kept = world.tunnel("jira");
            world.remove_tunnel("jira");
            world.reload();
            world.run_for(between);
            world.draft.tunnels.push_back(kept);
            CHECK(world.reload().added == 1);
            world.run_for(2h);
            CHECK(world.in_step("jira"));
            CHECK(world.rotated("jira") >= 1);
            CHECK_FALSE(world.record("jira").open);
            CHECK_FALSE(world.record("jira").confirmation_owed);
            const auto rotated = world.rotated("jira");
            world.run_for(days(31));
            CHECK(world.rotated("jira") == rotated + 1);
            CHECK(world.supervisor().summarize().rotating == 0);
        });
}

TEST_CASE("a renamed tunnel keeps its state, under its new name everywhere") {
    in_each_phase([](tests::fake_world& world, const tests::phase& at) {
        tests::fake_world twin;
        begin(twin, at);
        REQUIRE(twin.run_until([&] { return at.reached(twin); }));
        world.tunnel("jira").name = "renamed";
        const auto changes = world.reload();
        CHECK(changes.renamed == 1);
        CHECK(changes.unchanged == world.draft.tunnels.size() - 1);
        CHECK(world.shown("jira") == nullptr);
        REQUIRE(world.shown("renamed") != nullptr);
        CHECK(world.shown("renamed")->id == world.id_of("jira"));
        if (at.gap_open)
            CHECK(world.supervisor().open_gaps() == lines{"renamed"});
        world.run_for(days(70));
        twin.run_for(days(70));
        CHECK(world.record("jira").name == "renamed");
        REQUIRE(world.history("jira").size() == twin.history("jira").size());
        for (std::size_t i = 0; i < world.history("jira").size(); ++i)
            CHECK(world.history("jira")[i].ended_at == twin.history("jira")[i].ended_at);
    });
}

TEST_CASE("the journal has a new name at once, also of a tunnel that is held") {
    tests::fake_world world;
    world.add_tunnel("other");
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    const bool held = GENERATE(false, true);
    if (held)
        world.at_cloud("jira").on_premise_url = "https://other.example";
    world.start();
    world.run_for(1min);
    REQUIRE(world.shown("jira")->state == (held ? "held" : "idle"));
    world.tunnel("jira").name = "renamed";
    world.reload();
    world.run_for(1s);
    CHECK(world.record("jira").name == "renamed");
}

TEST_CASE(
    "the journal has other settings of a held tunnel at once, from which it is finished if it is removed") {
    tests::fake_world world;
    world.add_tunnel("other");
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_cloud("jira").on_premise_url = "https://other.example";
    world.start();
    world.run_for(1min);
    REQUIRE(world.shown("jira")->state == "held");
    world.tunnel("jira").instance.url = world.also_at("jira", "https://elsewhere.example");
    world.reload();
    world.run_for(1s);
    CHECK(world.record("jira").open->settings.find("elsewhere.example") != std::string::npos);
}

TEST_CASE("tunnels that swap names keep their states") {
    tests::fake_world world;
    world.add_tunnel("a").schedule.first = core::first_rotation::now;
    world.add_tunnel("b");
    world.wire.always("a-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    CHECK(world.supervisor().open_gaps() == lines{"a"});
    std::swap(world.tunnel("a").name, world.draft.tunnels.back().name);
    CHECK(world.reload().renamed == 2);
    CHECK(world.supervisor().open_gaps() == lines{"b"});
    CHECK(world.shown("b")->id == world.id_of("a"));
    CHECK(world.shown("b")->problems.front().code == "gap_open");
    CHECK(world.shown("a")->problems.empty());
    world.wire.heal_all();
    world.run_for(2min);
    CHECK(world.all_in_step());
    CHECK(world.record("a").name == "b");
    CHECK(world.record("b").name == "a");
}

TEST_CASE("a new URL gets the pending key after a preflight there, and no other key is asked for") {
    in_each_phase([](tests::fake_world& world, const tests::phase& at) {
        if (!at.has_key)
            return;
        auto product = world.at_instance("jira");
        product.key = "none";
        world.instances.products["https://moved.example"] = product;
        auto& settings = world.tunnel("jira").instance;
        settings.url = *core::parse_base_url("https://moved.example");
        const auto asked = world.wire.sent(call::whoami);
        CHECK(world.reload().changed == 1);
        world.run_for(10s);
        CHECK(world.in_step(world.tunnel("jira")));
        CHECK(world.at_cloud("jira").made == 1);
        CHECK(world.wire.sent(call::whoami) == asked + 1);
        CHECK(world.rotated("jira") == 1);
        CHECK_FALSE(world.record("jira").open);
    });
}

TEST_CASE("a backoff that a new URL made void does not wake the rotation at its end") {
    // One of these moments puts the end of the backoff into the writing of "done".
    auto moment = 0ms;
    for (bool waits = true; waits; ++moment) {
        tests::fake_world world;
        world.add_tunnel("jira").schedule.first = core::first_rotation::now;
        world.wire.script("jira-host", call::install, fault::answer(503));
        world.start();
        REQUIRE(world.run_until([&] { return world.shown("jira")->retry_at.has_value(); }));
        world.run_for(moment);
        waits = world.shown("jira")->state == "waiting";
        world.tunnel("jira").instance.url = world.also_at("jira", "https://moved.example");
        world.reload();
        world.run_for(1h);
        REQUIRE(world.rotated("jira") == 1);
        REQUIRE(world.in_step(world.tunnel("jira")));
        REQUIRE(world.history("jira").size() == 1);
    }
    CHECK(moment > 50ms);
}

TEST_CASE("an install under way to a URL that was corrected meanwhile is not waited out") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.instances.products["https://moved.example"] = world.at_instance("jira");
    world.instances.products["https://moved.example"].target = "moved";
    world.wire.always("jira-host", call::install, fault::answer(404));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent(call::install) == 1; }));
    world.tunnel("jira").instance.url = *core::parse_base_url("https://moved.example");
    world.reload();
    world.run_for(1s);
    CHECK(world.in_step(world.tunnel("jira")));
    CHECK(world.log.count("install.wrong_url") == 0);
}

TEST_CASE("new settings during a preflight are looked at before anything is regenerated") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent(call::status) == 1; }));
    world.tunnel("jira").instance.auth = core::bearer_auth{{{}, "nowhere"}};
    world.reload();
    world.run_for(1min);
    CHECK(world.at_cloud("jira").made == 0);
    CHECK(world.log.count("preflight.failed", "jira") >= 1);
}

TEST_CASE("two tunnels that swap URLs each get their own key at their new place") {
    in_each_phase([](tests::fake_world& world, const tests::phase& at) {
        if (at.name != "with the intent written" && at.name != "waiting without a key")
            return;
        auto& jira = world.tunnel("jira").instance;
        auto& other = world.tunnel("other").instance;
        std::swap(jira.url, other.url);
        std::swap(jira.auth, other.auth);
        world.at_cloud("jira").on_premise_url.clear();
        std::swap(world.at_instance("jira").key, world.at_instance("other").key);
        CHECK(world.reload().changed == 2);
        world.run_for(1h);
        CHECK(world.in_step(world.tunnel("jira")));
        CHECK(world.in_step(world.tunnel("other")));
        CHECK(world.supervisor().open_gaps().empty());
    });
}

TEST_CASE("a key that the cloud made for the place that is another tunnel's now is held") {
    in_each_phase([](tests::fake_world& world, const tests::phase& at) {
        if (!at.has_key || at.name == "installing")
            return;
        std::swap(world.tunnel("jira").instance, world.tunnel("other").instance);
        CHECK(world.reload().changed == 2);
        world.run_for(1h);
        CHECK(world.shown("jira")->state == "held");
        CHECK(world.wire.sent(call::install) == (at.name == "sealing" ? 0 : 1));
        std::swap(world.tunnel("jira").instance, world.tunnel("other").instance);
        world.reload();
        world.run_for(1min);
        CHECK(world.all_in_step());
        CHECK(world.at_cloud("jira").made == 1);
    });
}

TEST_CASE("a held tunnel goes on when its settings are corrected") {
    tests::fake_world world;
    world.add_tunnel("other");
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_cloud("jira").on_premise_url = "https://right.example";
    world.tunnel("jira").instance.on_premise_url = core::parse_base_url("https://wrong.example");
    world.start();
    world.run_for(1min);
    REQUIRE(world.shown("jira")->state == "held");
    world.reload();
    world.run_for(1min);
    CHECK(world.shown("jira")->state == "held");
    CHECK(world.wire.sent(call::install) == 0);
    world.tunnel("jira").instance.on_premise_url = core::parse_base_url("https://right.example");
    world.reload();
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.log.count("health.failing", "jira") == 1);
    CHECK(world.log.count("health.recovered", "jira") == 1);
}

TEST_CASE("a held tunnel goes on when another tunnel's settings free it") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.add_tunnel("other");
    world.at_cloud("jira").on_premise_url = "https://other.example";
    world.start();
    world.run_for(1min);
    REQUIRE(world.shown("jira")->state == "held");
    SECTION("it moves") {
        world.tunnel("other").instance.url = world.also_at("other", "https://other-b.example");
        world.reload();
    }
    SECTION("it leaves") {
        world.remove_tunnel("other");
        world.reload();
    }
    world.run_for(1min);
    CHECK(world.in_step("jira"));
    CHECK(world.at_cloud("jira").made == 1);
    CHECK(world.broken() == lines{});
}

TEST_CASE("what is said of a held key names the owner of its place as the new configuration does") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.add_tunnel("other");
    world.at_cloud("jira").on_premise_url = "https://other.example";
    world.start();
    world.run_for(1min);
    REQUIRE(world.shown("jira")->state == "held");
    world.tunnel("other").name = "second";
    world.tunnel("jira").schedule.every = days(5);
    world.reload();
    CHECK(world.shown("jira")->last_error.find("tunnel \"second\"") != std::string::npos);
}
