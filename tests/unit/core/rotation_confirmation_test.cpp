#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

namespace {

constexpr duration settle = 10min;  // the default

duration confirmation_in(const rotation_harness& t) {
    REQUIRE(t.machine->confirmation_due());
    return *t.machine->confirmation_due() - t.now.steady;
}

/// Idle, with a confirmation owed since one regenerate was unknown, `ago` before now.
void owe(rotation_harness& t, duration ago = 0s) {
    t.to_regenerate();
    t.regenerate_answers(504);
    t.regenerate_again();
    t.finish("K1");
    REQUIRE(t.disk.confirmation_owed);
    t.pass(ago - 500ms);  // the backoff
    REQUIRE(confirmation_in(t) == settle - ago);
}

}  // namespace

TEST_CASE("a rotation without trouble owes no confirmation") {
    rotation_harness t;
    t.rotate("K1");
    t.rotate("K2");
    CHECK_FALSE(t.machine->confirmation_due());
}

TEST_CASE("a confirmation is owed whenever a regenerate was unknown, whatever came back") {
    for (unsigned status : {0u, 500u, 504u, 200u, 408u, 101u}) {
        rotation_harness t;
        t.to_regenerate();
        status == 0 ? t.regenerate_times_out() : t.regenerate_answers(status);
        CHECK(t.last_said("confirmation.owed").level == log_level::warn);
        t.regenerate_again();
        t.finish("K1");
        CHECK(t.disk.confirmation_owed);
        CHECK(confirmation_in(t) <= settle);
    }
}

TEST_CASE("a confirmation is due settle after the last unanswered request of either kind") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(504);
    t.regenerate_again();
    t.mint("K1");
    t.save();
    t.pass(3min);
    t.install_times_out();
    CHECK(confirmation_in(t) == settle);
    t.pass(2min);
    t.save();
    t.wake();
    t.install_accepted();
    t.save();
    CHECK(confirmation_in(t) == settle - 2min);
}

TEST_CASE("an answered install, however it was refused, does not put the confirmation off") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(504);
    t.regenerate_again();
    t.mint("K1");
    t.save();
    t.pass(3min);
    for (unsigned status : {400u, 401u, 404u, 429u}) {
        t.install_answers(status);
        t.save();
        t.wake();
    }
    CHECK(confirmation_in(t) < settle - 3min);
}

TEST_CASE("a rotation that begins late enough and ends cleanly discharges the confirmation") {
    for (const auto why : {reason::confirm, reason::scheduled, reason::manual}) {
        rotation_harness t;
        owe(t, settle);
        t.rotate("K2", why);
        CHECK_FALSE(t.machine->confirmation_due());
        CHECK_FALSE(t.disk.confirmation_owed);
        CHECK(t.said("confirmation.done"));
        CHECK(t.history.back().why == why);
    }
}

TEST_CASE("a rotation that begins too early leaves the confirmation owed and due when it was") {
    rotation_harness t;
    owe(t, settle - 1ms);
    t.rotate("K2", reason::manual);
    CHECK(t.disk.confirmation_owed);
    CHECK(confirmation_in(t) == 1ms);
}

TEST_CASE("a confirmation that is refused or fails its preflight leaves it owed, with calm backoff") {
    rotation_harness t;
    owe(t, settle);
    t.to_regenerate(reason::confirm);
    t.regenerate_answers(404);
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.disk.confirmation_owed);
    CHECK(confirmation_in(t) == 0s);
    CHECK(t.machine->not_before() - t.now.steady == 15s);
    t.pass(15s);
    t.begin(reason::confirm);
    t.fail_preflight(check::instance);
    t.save();
    CHECK(t.disk.confirmation_owed);
    CHECK(t.machine->not_before() - t.now.steady == 30s);
}

TEST_CASE("a confirmation whose regenerate is unknown owes another, settle after it") {
    rotation_harness t;
    owe(t, settle);
    t.to_regenerate(reason::confirm);
    t.regenerate_times_out();
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.disk.confirmation_owed);
    CHECK(confirmation_in(t) == settle - 500ms);
}

TEST_CASE("the time until the confirmation is counted anew after a restart") {
    rotation_harness t;
    owe(t, 9min);
    t.crash(5min);
    CHECK(confirmation_in(t) == settle);
    t.pass(settle);
    t.rotate("K2", reason::confirm);
    CHECK_FALSE(t.disk.confirmation_owed);
}

TEST_CASE("a process that never lives long counts the time until the confirmation from disk") {
    rotation_harness t;
    owe(t, 1min);
    t.crash(4min, rotation::restart::once);
    CHECK(confirmation_in(t) == settle - 5min);
    t.crash(1h, rotation::restart::once);
    CHECK(confirmation_in(t) <= 0s);
    t.rotate("K2", reason::confirm);
    CHECK_FALSE(t.disk.confirmation_owed);
}

TEST_CASE("a wall clock that stepped back makes no confirmation wait longer than settle") {
    rotation_harness t;
    owe(t, 1min);
    t.now.wall -= std::chrono::days(10);
    t.crash(0s, rotation::restart::once);
    CHECK(confirmation_in(t) == settle);
}

TEST_CASE("an intent found at start owes a confirmation, settle after the restart") {
    rotation_harness t;
    t.to_regenerate();
    t.crash(2min);
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.disk.confirmation_owed);
    CHECK(confirmation_in(t) == settle - 500ms);
}
