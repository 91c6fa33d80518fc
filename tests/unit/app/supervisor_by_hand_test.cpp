#include "app/supervisor.hpp"
#include "refused.hpp"
#include "reload_phases.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// Break-glass: a person is shown the stored key, installs it, and says so; or has another one made.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::call;
using tests::fault;
using tests::refused;

namespace {

using answer = core::result_of<core::revealed_key>;

answer reveal(tests::fake_world& world, const std::string& name) {
    std::optional<answer> shown;
    world.supervisor().reveal(name, "root", [&](const answer& given) { shown = given; });
    REQUIRE(world.run_until([&] { return shown.has_value(); }));
    return *shown;
}

core::result_of<core::resolve_report> resolve(tests::fake_world& world, core::resolution how,
                                              std::optional<std::uint64_t> number = {}) {
    return world.supervisor().resolve("jira", how, number, "root");
}

/// The instance is down, and the new key is stored.
void make_pending(tests::fake_world& world) {
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] {
        const auto seen = world.shown("jira");
        return seen->state == "waiting" && seen->key_pending;
    }));
}

/// By hand, with the key that was shown.
void install_by_hand(tests::fake_world& world, const core::revealed_key& shown) {
    world.at_instance("jira").key = std::string(shown.key->reveal());
}

unsigned lines(tests::fake_world& world, core::outcome how) {
    const auto& all = world.history("jira");
    return static_cast<unsigned>(
        std::count_if(all.begin(), all.end(), [&](const auto& line) { return line.how == how; }));
}

}  // namespace

TEST_CASE(
    "a key that is shown, installed by hand and resolved is the cloud's, and the next rotation is normal") {
    tests::fake_world world;
    make_pending(world);
    const auto shown = std::get<core::revealed_key>(reveal(world, "jira"));
    CHECK(shown.pending.tunnel == "jira");
    CHECK(shown.pending.number == 1);
    CHECK(shown.pending.readable);
    CHECK(shown.key->reveal() == world.at_cloud("jira").key);
    CHECK(world.log.count("key.revealed", "jira") == 1);
    CHECK(lines(world, core::outcome::revealed) == 1);
    install_by_hand(world, shown);
    REQUIRE(refused(resolve(world, core::resolution::installed, 1)).empty());
    world.run_for(1min);
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.supervisor().pending().empty());
    CHECK(world.in_step("jira"));
    CHECK(lines(world, core::outcome::manual) == 1);
    CHECK_FALSE(world.record("jira").key);
    CHECK(world.shown("jira")->ended[static_cast<std::size_t>(core::outcome::manual)] == 1);
    world.wire.heal_all();
    world.run_for(days(31));
    CHECK(world.rotated("jira") == 1);
    CHECK(world.in_step("jira"));
    CHECK_FALSE(world.log.leaked());
}

TEST_CASE("an open gap is resolved by hand at whatever it is, but for while another key is being made") {
    for (const auto& at : tests::phases()) {
        INFO(at.name);
        tests::fake_world world;
        begin(world, at);
        REQUIRE(world.run_until([&] { return at.reached(world); }));
        const auto result = resolve(world, core::resolution::installed);
        if (!at.gap_open) {
            CHECK(refused(result) == "no_open_gap");
        } else if (at.name == "with the intent written" || at.name == "regenerating" || at.name == "sealing") {
            CHECK(refused(result) == "busy_now");
        } else if (at.name == "installing") {
            CHECK(std::get<core::resolve_report>(result).later);
        } else {
            REQUIRE(refused(result).empty());
            world.run_for(10ms);  // the failure before it may be being written
            CHECK_FALSE(world.shown("jira")->gap_opened_at);
        }
        world.wire.heal_all();
        world.run_for(1h);
        CHECK(world.supervisor().open_gaps().empty());
        CHECK(world.broken().empty());
    }
}

TEST_CASE("a resolution that had to wait for an install counts once that has failed, and not if it succeeds") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    const bool fails = GENERATE(true, false);
    if (fails)
        world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.wire.sent("jira-host", call::install) == 1; }));
    REQUIRE(std::get<core::resolve_report>(resolve(world, core::resolution::installed)).later);
    world.run_for(1min);
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(lines(world, core::outcome::manual) == (fails ? 1 : 0));
    CHECK(lines(world, core::outcome::installed) == (fails ? 0 : 1));
}

TEST_CASE("a stored key that is no longer the one that was shown is not resolved") {
    tests::fake_world world;
    make_pending(world);
    CHECK(refused(resolve(world, core::resolution::installed, 2)) == "another_key");
    CHECK(refused(resolve(world, core::resolution::regenerate, 7)) == "another_key");
    CHECK(world.supervisor().open_gaps().size() == 1);
}

TEST_CASE("a key that a person gives up is replaced at once, and the history says who did it") {
    tests::fake_world world;
    make_pending(world);
    REQUIRE(refused(resolve(world, core::resolution::regenerate, 1)).empty());
    world.wire.heal_all();
    world.run_for(1min);
    CHECK(world.wire.sent("jira-host", call::regenerate) == 2);
    CHECK(world.in_step("jira"));
    CHECK(lines(world, core::outcome::discarded) == 1);
    CHECK(world.log.count("key.discarded", "jira") == 1);
}

TEST_CASE("without a stored key none is shown and none given up, and a person can close the gap all the same") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.add_tunnel("other").schedule.first = core::first_rotation::now;
    world.wire.always("jira-host", call::regenerate, fault::lost_before());
    world.wire.script("other-host", call::status, fault::answer(503));
    world.start();
    REQUIRE(world.run_until([&] { return world.shown("jira")->state == "waiting"; }));
    CHECK(refused(reveal(world, "jira")) == "no_stored_key");
    CHECK(refused(resolve(world, core::resolution::regenerate)) == "no_stored_key");
    REQUIRE(refused(resolve(world, core::resolution::installed)).empty());
    world.run_for(5min);
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.shown("jira")->confirmation_owed);
    CHECK(world.rotated("other") == 1);  // the outage is over with it
}

TEST_CASE("a key is shown though the disk takes no writes") {
    tests::fake_world world;
    make_pending(world);
    world.journal.fails = [](const auto&, const auto&) { return true; };
    const auto shown = reveal(world, "jira");
    CHECK(refused(shown).empty());
    CHECK(world.log.count("key.revealed", "jira") == 1);
    CHECK(world.log.count("store.failed") > 0);
}

TEST_CASE("an orphan is freed by a person's word, and its key goes nowhere") {
    for (const bool restarted : {false, true}) {
        for (const bool readable : {true, false}) {
            INFO((restarted ? "found at a start" : "made by a reload") << (readable ? "" : ", unreadable"));
            tests::fake_world world;
            make_pending(world);
            auto successor = world.tunnel("jira");
            successor.name = "successor";
            successor.hostname = "successor-host";
            successor.schedule.first = core::first_rotation::wait;
            successor.schedule.every = days(400);
            world.cloud.tunnels[successor.id()] = {"s3cr3t-key-successor-host-0", "successor", ""};
            world.wire.heal_all();
            world.tunnel("jira") = successor;
            world.reload();
            world.snapshots_unreadable = !readable;
            if (restarted)
                world.crash();
            world.run_for(1min);
            const auto installs = world.wire.sent(call::install);
            REQUIRE(world.supervisor().pending().size() == 1);
            CHECK(world.supervisor().pending().front().state == "orphaned");
            CHECK_FALSE(world.supervisor().pending().front().problems.empty());
            CHECK(refused(world.supervisor().rotate("jira", "root")) ==
                  (restarted && !readable ? "unknown_tunnel" : "orphaned"));
            CHECK(refused(resolve(world, core::resolution::regenerate)) == "orphaned");
            CHECK(refused(reveal(world, "jira")).empty());
            REQUIRE(refused(resolve(world, core::resolution::installed)).empty());
            world.run_for(1min);
            CHECK(world.supervisor().pending().empty());
            CHECK(world.shown("jira") == nullptr);
            CHECK(world.wire.sent(call::install) == installs);
            CHECK_FALSE(world.record("jira").open);
            world.crash();
            CHECK(world.supervisor().pending().empty());
        }
    }
}
