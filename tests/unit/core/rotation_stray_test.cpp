#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;

namespace {

constexpr duration settle = 10min;  // the default

duration confirmation_in(const rotation_harness& t) {
    REQUIRE(t.machine->confirmation_due());
    return *t.machine->confirmation_due() - t.now.steady;
}

/// Idle after K1, an install of which was never answered.
void leave_stray(rotation_harness& t) {
    t.to_install("K1");
    t.install_times_out();
    t.save();
    t.wake();
    t.install_accepted();
    t.save();
    REQUIRE(t.machine->is_idle());
}

}  // namespace

TEST_CASE("a key installed within settle of an unanswered install of another key owes a confirmation") {
    rotation_harness t;
    leave_stray(t);
    CHECK_FALSE(t.machine->confirmation_due());
    t.pass(9min);
    t.rotate("K2", reason::manual);
    CHECK(t.disk.confirmation_owed);
    CHECK(confirmation_in(t) < 1min);
    t.pass(1min);
    t.rotate("K3", reason::confirm);
    CHECK_FALSE(t.disk.confirmation_owed);
    CHECK(t.disk.strays.empty());
}

TEST_CASE("a key installed settle after an unanswered install of another key owes nothing") {
    rotation_harness t;
    leave_stray(t);
    t.pass(settle);
    t.rotate("K2");
    CHECK_FALSE(t.machine->confirmation_due());
}

TEST_CASE("an unanswered install of a key that was replaced for rejections owes a confirmation") {
    rotation_harness t;
    t.to_install("K1");
    t.install_times_out();
    for (int i = 0; i < 5; ++i) {
        t.save();
        t.wake();
        t.install_answers(400);
    }
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.disk.confirmation_owed);
}

TEST_CASE("a stray is remembered over a restart, and counted anew") {
    rotation_harness t;
    leave_stray(t);
    t.pass(9min);
    t.crash(5min);
    t.pass(9min);
    t.rotate("K2", reason::manual);
    CHECK(t.disk.confirmation_owed);
}

TEST_CASE("a pending key found at start counts as an unanswered install at that moment") {
    rotation_harness t;
    t.to_install("K1");
    t.crash(30min);
    t.wake();
    t.install_accepted();
    t.save();
    CHECK_FALSE(t.disk.confirmation_owed);
    t.pass(9min);
    t.rotate("K2", reason::manual);
    CHECK(t.disk.confirmation_owed);
}

TEST_CASE(
    "a process that never lives long counts strays from disk: no confirmation follows the other for ever") {
    rotation_harness t;
    t.to_install("K1");
    t.crash(30min, rotation::restart::once);
    t.wake();
    t.install_accepted();
    t.save();
    t.crash(5min, rotation::restart::once);
    t.rotate("K2", reason::manual);
    CHECK(t.disk.confirmation_owed);
    t.crash(1h, rotation::restart::once);
    t.rotate("K3", reason::confirm);
    CHECK_FALSE(t.disk.confirmation_owed);
}
