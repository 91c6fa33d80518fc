#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::hold_it;
using testing::rotation_harness;

namespace {

/// The instance is down: K1 is stored, and the machine waits.
rotation_harness waiting() {
    rotation_harness t;
    t.to_install("K1");
    t.install_answers(503);
    t.save();
    REQUIRE(t.machine->where() == rotation::phase::waiting);
    return t;
}

}  // namespace

TEST_CASE("a key gap that a person has closed stays closed, is in the history as manual, and erases the key") {
    auto t = waiting();
    t.pass(5min);
    t.resolve(resolution::installed);
    CHECK_FALSE(t.machine->gap_open());
    CHECK(t.wants<action::save>());
    t.save();
    CHECK(t.machine->is_idle());
    CHECK_FALSE(t.disk.open);
    CHECK_FALSE(t.disk.key);
    CHECK(t.disk.last_success == t.now.wall);
    CHECK(t.disk.failures == 0);
    CHECK(t.disk.last_error.empty());
    CHECK_FALSE(t.machine->trouble());
    REQUIRE(t.history.size() == 1);
    CHECK(t.history[0].how == outcome::manual);
    CHECK(t.history[0].error == "by root");
    CHECK(t.history[0].gap == 5min);
    CHECK(t.history[0].installs == 1);
    CHECK(t.last_said("rotation.resolved").level == log_level::warn);
    t.crash();
    CHECK(t.machine->is_idle());
    t.rotate("K2");
    CHECK(t.sent.back() == "K2");
}

TEST_CASE("what a person closes while the disk takes no writes is closed, and written as soon as it does") {
    auto t = waiting();
    t.resolve(resolution::installed);
    t.fail_save();
    CHECK(t.machine->where() == rotation::phase::closing);
    CHECK(t.last_said("store.failed").message.find("the key is installed") == 0);
    t.wake();
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.history.size() == 1);
}

TEST_CASE("a held key that a person has installed is held no longer") {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1", hold_it);
    t.save();
    t.resolve(resolution::installed);
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.sent.empty());
}

TEST_CASE("an unanswered install of another key owes a confirmation when a person closes the gap") {
    rotation_harness t;
    t.to_install("K1");
    t.install_times_out();
    t.save();
    SECTION("of the key that is stored: nothing can change it any more") {
        t.resolve(resolution::installed);
        CHECK_FALSE(t.record().confirmation_owed);
    }
    SECTION("of an earlier one") {
        t.pass(1min);
        t.resolve(resolution::regenerate);
        t.pass_preflight();
        t.permit();
        t.save();
        t.mint("K2");
        t.save();
        t.install_answers(503);
        t.save();
        t.resolve(resolution::installed);
        CHECK(t.record().confirmation_owed);
        CHECK(t.said("confirmation.owed"));
    }
}

TEST_CASE("a person's end of a gap whose regenerate was unknown leaves the confirmation owed") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_times_out();
    t.save();
    REQUIRE(t.record().confirmation_owed);
    t.resolve(resolution::installed);
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.disk.confirmation_owed);
    CHECK(t.machine->confirmation_due());
}

TEST_CASE("a key that a person gives up is not sent again, unless the cloud makes no other") {
    auto t = waiting();
    t.pass(2min);
    t.resolve(resolution::regenerate);
    CHECK(t.last_said("key.discarded").level == log_level::warn);
    REQUIRE(t.wants<action::preflight>());
    t.pass_preflight();
    t.permit();
    t.save();
    SECTION("it makes one") {
        t.mint("K2");
        t.save();
        t.install_accepted();
        t.save();
        CHECK(t.sent == std::vector<std::string>{"K1", "K2"});
        CHECK(t.machine->is_idle());
    }
    SECTION("it refuses: the stored key is the only one there is") {
        t.regenerate_answers(403);
        t.save();
        t.wake();
        CHECK(t.sent == std::vector<std::string>{"K1", "K1"});
    }
}

TEST_CASE("what a person says while a permit is waited for counts at once") {
    auto t = waiting();
    t.pass(2min);
    t.resolve(resolution::regenerate);
    t.pass_preflight();
    REQUIRE(t.machine->where() == rotation::phase::permit);
    t.resolve(resolution::installed);
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.regenerates == 1);
}

TEST_CASE("a record alone, whose intent may still be under way, is closed by hand with a confirmation owed") {
    rotation_harness t;
    t.to_regenerate();
    auto record = t.disk;
    REQUIRE(record.open->intent);
    const auto line = end_by_hand(record, "root", t.now.wall + 10min);
    CHECK(line.how == outcome::manual);
    CHECK(line.gap == 10min);
    CHECK_FALSE(record.open);
    CHECK(record.confirmation_owed);
    CHECK(record.last_unanswered_at == t.now.wall + 10min);
}

TEST_CASE(
    "an install that may have arrived after the person's own owes a confirmation, however late they say so") {
    rotation_harness t;
    t.to_install("K1");
    t.install_times_out();  // and it arrives nine minutes later
    t.save();
    t.resolve(resolution::regenerate);
    t.permit();
    t.save();
    t.mint("K2");
    t.save();
    t.install_answers(503);  // K2 is installed by hand now, and K1 arrives after that
    t.save();
    t.pass(11min);
    t.resolve(resolution::installed);
    CHECK(t.record().confirmation_owed);
}
