#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::hold_it;
using testing::rotation_harness;
using check = preflight_failure::check;

namespace {

rotation_harness held() {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1", hold_it);
    t.save();
    REQUIRE(t.machine->where() == rotation::phase::held);
    return t;
}

}  // namespace

TEST_CASE("a guard holds the key: gap open, key sealed, nothing sent, and the alarm says what to change") {
    auto t = held();
    CHECK(t.machine->gap_open());
    CHECK(t.disk.key->key->reveal() == "K1");
    CHECK(t.sent.empty());
    CHECK(t.wants<action::none>());
    CHECK(t.last_said("rotation.held").level == log_level::error);
    CHECK(t.last_said("rotation.held").message.find(hold_it.message) != std::string::npos);
    CHECK(t.record().last_error == hold_it.message);
}

TEST_CASE("held: a reload checks the same key again") {
    auto t = held();
    t.reload_others(hold_it);
    CHECK(t.machine->where() == rotation::phase::held);
    t.reload_others({});
    REQUIRE(t.wants<action::install>());
    CHECK(t.sent == std::vector<std::string>{"K1"});
    t.install_accepted();
    t.save();
    CHECK(t.regenerates == 1);
}

TEST_CASE("held: a rotate request regenerates and checks") {
    auto t = held();
    t.pass(2min);
    t.request();
    t.pass_preflight();
    t.permit();
    t.save();
    CHECK(t.regenerates == 2);
    SECTION("clear: installed") {
        t.finish("K2");
        CHECK(t.sent == std::vector<std::string>{"K2"});
    }
    SECTION("held again") {
        t.mint("K2", hold_it);
        t.save();
        CHECK(t.machine->where() == rotation::phase::held);
        CHECK(t.pending() == "K2");
        CHECK(t.sent.empty());
    }
    SECTION("refused: still held, with the key it had") {
        t.cannot_connect();
        t.save();
        t.wake();
        CHECK(t.machine->where() == rotation::phase::held);
        CHECK(t.pending() == "K1");
    }
    SECTION("unknown: the key is suspect, and another is asked for") {
        t.regenerate_answers(500);
        CHECK(t.pending().empty());
        t.regenerate_again();
        t.finish("K3");
        CHECK(t.sent == std::vector<std::string>{"K3"});
    }
}

TEST_CASE("held: a request whose preflight fails is held again") {
    auto t = held();
    t.pass(2min);
    t.request();
    t.fail_preflight(check::instance);
    t.save();
    t.wake();
    CHECK(t.machine->where() == rotation::phase::held);
    CHECK(t.pending() == "K1");
    CHECK(t.sent.empty());
}

TEST_CASE("held over a restart, and released by a changed configuration at start") {
    auto t = held();
    t.crash(1min, rotation::restart::daemon, hold_it);
    t.wake();
    CHECK(t.machine->where() == rotation::phase::held);
    CHECK(t.sent.empty());
    t.crash(1min);
    t.wake();
    CHECK(t.sent == std::vector<std::string>{"K1"});
}

TEST_CASE("a guard that comes up while the key waits to be sent again holds it from then on") {
    rotation_harness t;
    t.to_install("K1");
    t.install_answers(503);
    t.save();
    t.reload_others(hold_it);
    t.wake();
    CHECK(t.machine->where() == rotation::phase::held);
    CHECK(t.sent.size() == 1);
}

TEST_CASE("a guard's warning is said, and the key installed") {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1", {guard_finding::kind::warn, "the cloud names another URL"});
    t.save();
    CHECK(t.last_said("rotation.on_premise_url_differs").level == log_level::warn);
    CHECK(t.wants<action::install>());
}

TEST_CASE("a new instance.url gets the pending key after guards and preflight") {
    rotation_harness t;
    t.to_install("K1");
    t.install_answers(503);
    t.save();
    auto moved = testing::example_tunnel();
    moved.instance.url = *parse_base_url("https://new.example.com/jira");

    SECTION("guards clear, preflight passed") {
        t.reconfigure(moved);
        CHECK(t.wants<action::preflight>());
        CHECK(t.sent.size() == 1);
        t.pass_preflight();
        CHECK(t.wants<action::install>());
        CHECK(t.sent.back() == "K1");
        t.install_answers(503);
        t.save();
        t.wake();
        CHECK(t.wants<action::install>());  // checked once
    }
    SECTION("preflight fails: asked again before the key is sent") {
        t.reconfigure(moved);
        t.fail_preflight(check::instance);
        t.save();
        t.wake();
        CHECK(t.wants<action::preflight>());
        CHECK(t.sent.size() == 1);
    }
    SECTION("guards hold") {
        t.reconfigure(moved, hold_it);
        CHECK(t.machine->where() == rotation::phase::held);
        CHECK(t.sent.size() == 1);
    }
    SECTION("changed again while its preflight was under way") {
        t.reconfigure(moved);
        auto again = moved;
        again.instance.url = *parse_base_url("https://newer.example.com/jira");
        t.reconfigure(again);
        t.pass_preflight();
        CHECK(t.wants<action::preflight>());
        CHECK(t.sent.size() == 1);
    }
    CHECK(t.regenerates == 1);
}

TEST_CASE("a new instance.url found at start gets the pending key after a preflight") {
    rotation_harness t;
    t.to_install("K1");
    auto moved = testing::example_tunnel();
    moved.instance.url = *parse_base_url("https://new.example.com/jira");
    rotation_harness restarted(moved, t.disk);
    restarted.wake();
    CHECK(restarted.wants<action::preflight>());
    restarted.pass_preflight();
    CHECK(restarted.wants<action::install>());
}
