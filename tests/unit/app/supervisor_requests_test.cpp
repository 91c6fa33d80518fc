#include "app/supervisor.hpp"
#include "refused.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

// What a person asks for while the daemon runs: a rotation now, a pause.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;
using tests::refused;

namespace {

std::uint64_t ends(const tests::fake_world& world) {
    const auto ended = world.shown("jira")->ended;
    return std::accumulate(ended.begin(), ended.end(), std::uint64_t{0});
}

core::pause_report pause(tests::fake_world& world, const std::string& name, bool paused) {
    std::optional<core::pause_report> report;
    world.supervisor().pause(name, paused, "root", [&](const core::result_of<core::pause_report>& answer) {
        report = std::get<core::pause_report>(answer);
    });
    REQUIRE(world.run_until([&] { return report.has_value(); }));
    return *report;
}

}  // namespace

TEST_CASE(
    "a rotation that a person asks for is made or joined, whatever the tunnel is at, and ends after that") {
    for (const auto& at : tests::phases()) {
        INFO(at.name);
        tests::fake_world world;
        begin(world, at);
        REQUIRE(world.run_until([&] { return at.reached(world); }));
        const auto ended = ends(world);
        const auto report = std::get<core::rotate_report>(world.supervisor().rotate("jira", "root"));
        CHECK(report.tunnel == "jira");
        const bool is_over = at.name == "closing" || at.name == "with a confirmation owed" ||
                             at.name == "waiting for its organization";
        CHECK(report.joined != is_over);
        CHECK(world.log.count("rotation.requested", "jira") == 1);
        if (at.name == "waiting for its permit")
            world.wire.heal_all();
        world.run_for(15min);
        CHECK(ends(world) > ended);
        CHECK(world.rotated("jira") >= 1);
        CHECK(world.in_step("jira"));
        CHECK(world.broken().empty());
    }
}

TEST_CASE("a rotation that a person asks for passes schedule, windows, pause and backoff by") {
    tests::fake_world world;
    auto& jira = world.add_tunnel("jira");
    jira.schedule.windows = {{0b100'0000, 1h, 5h}};  // and it is Tuesday
    SECTION("though not due") {
        world.start();
    }
    SECTION("though paused") {
        world.start();
        pause(world, "jira", true);
    }
    SECTION("though it backs off") {
        jira.schedule = {};
        jira.schedule.first = core::first_rotation::now;
        world.at_instance("jira").state = "MAINTENANCE";
        world.start();
        world.run_for(6h);
        world.at_instance("jira").state = "RUNNING";
    }
    world.supervisor().rotate("jira", "uid 1000 (alice)");
    world.run_for(10s);
    CHECK(world.rotated("jira") == 1);
    CHECK(world.history("jira").back().why == core::reason::manual);
}

TEST_CASE("a rotation that a person asks for does not wait for another tunnel's outage to end") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.add_tunnel("down").schedule.first = core::first_rotation::now;
    world.wire.always("down-host", call::regenerate, fault::lost_before());
    world.wire.script("jira-host", call::status, fault::answer(503));
    world.start();
    world.run_for(5min);
    REQUIRE(world.rotated("jira") == 0);
    world.supervisor().rotate("jira", "root");
    world.run_for(10s);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE("a tunnel that is being finished is rotated by its hostname where its name is another one's now") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    world.tunnel("jira").name = "old";
    world.add_tunnel("spare");
    world.reload();
    world.remove_tunnel("old");
    world.tunnel("spare").name = "old";
    world.reload();
    world.wire.heal_all();
    const auto report = std::get<core::rotate_report>(world.supervisor().rotate("jira-host", "root"));
    CHECK(report.joined);
    CHECK(std::get<core::rotate_report>(world.supervisor().rotate("old", "root")).joined == false);
    world.run_for(1min);
    CHECK(world.supervisor().open_gaps().empty());
}

TEST_CASE("what cannot be asked for is refused, with what to do instead") {
    tests::fake_world world;
    world.add_tunnel("jira");
    world.start();
    auto& tunnels = world.supervisor();
    CHECK(refused(tunnels.rotate("jria", "root")) == "unknown_tunnel");
    CHECK(refused(tunnels.resolve("jria", core::resolution::installed, {}, "root")) == "unknown_tunnel");
    CHECK(refused(tunnels.resolve("jira", core::resolution::installed, {}, "root")) == "no_open_gap");
    world.drain();
    CHECK(refused(tunnels.rotate("jira", "root")) == "ending");
    tunnels.pause("jira", true, "root", [](const auto& answer) { CHECK(refused(answer) == "ending"); });
}

TEST_CASE("pausing stops whatever has not begun, lasts over a restart, and never stops an open gap") {
    for (const auto& at : tests::phases()) {
        INFO(at.name);
        tests::fake_world world;
        begin(world, at);
        REQUIRE(world.run_until([&] { return at.reached(world); }));
        const auto report = pause(world, "jira", true);
        CHECK(report.changed);
        CHECK(report.paused_at);
        CHECK(report.gap_open == at.gap_open);
        CHECK(world.record("jira").paused_at == report.paused_at);
        world.wire.heal_all();
        const auto regenerates = world.wire.sent("jira-host", call::regenerate);
        world.run_for(days(40));
        CHECK_FALSE(world.record("jira").open);
        if (!at.gap_open)
            CHECK(world.wire.sent("jira-host", call::regenerate) == regenerates);
        CHECK(world.shown("jira")->state == "paused");
        const auto problems = world.shown("jira")->problems;
        CHECK(std::any_of(problems.begin(), problems.end(),
                          [](const auto& each) { return each.code == "paused"; }));
        world.crash();
        world.run_for(days(1));
        CHECK(world.shown("jira")->state == "paused");

        const auto resumed = pause(world, "jira", false);
        CHECK(resumed.changed);
        CHECK_FALSE(resumed.paused_at);
        CHECK_FALSE(world.record("jira").paused_at);
        world.run_for(15min);
        CHECK(world.rotated("jira") >= 1);
        CHECK(world.in_step("jira"));
        CHECK(world.broken().empty());
    }
}

TEST_CASE("pausing twice keeps the first time, and resuming twice changes nothing") {
    tests::fake_world world;
    world.add_tunnel("jira");
    world.start();
    const auto first = pause(world, "jira", true);
    world.run_for(1h);
    const auto second = pause(world, "jira", true);
    CHECK_FALSE(second.changed);
    CHECK(second.paused_at == first.paused_at);
    CHECK(pause(world, "jira", false).changed);
    CHECK_FALSE(pause(world, "jira", false).changed);
    CHECK(world.log.count("tunnel.paused", "jira") == 1);
    CHECK(world.log.count("tunnel.resumed", "jira") == 1);
}

TEST_CASE("a pause that cannot be written holds while the daemon runs, says so, and is written later") {
    tests::fake_world world;
    world.add_tunnel("jira");
    world.start();
    world.run_for(1s);
    world.journal.fails = [](const auto&, const auto&) { return true; };
    std::string code;
    world.supervisor().pause("jira", true, "root", [&](const auto& answer) { code = refused(answer); });
    REQUIRE(world.run_until([&] { return !code.empty(); }));
    CHECK(code == "store_failing");
    CHECK(world.shown("jira")->state == "paused");
    CHECK_FALSE(world.record("jira").paused_at);
    world.journal.fails = nullptr;
    world.run_for(2min);
    CHECK(world.record("jira").paused_at);
}
