#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

TEST_CASE("an intent found at start is unknown: preflight, then regenerate again") {
    rotation_harness t;
    t.to_regenerate();
    t.crash(3s);
    CHECK(t.machine->gap_open());
    CHECK(t.record().open->unknown);
    CHECK(t.record().confirmation_owed);
    CHECK(t.last_said("rotation.recovered").level == log_level::error);
    t.wake();
    REQUIRE(t.wants<action::preflight>());
    t.pass_preflight();
    t.permit();
    t.save();
    CHECK(t.disk.open->regenerates == 2);
    t.finish("K2");
    REQUIRE(t.history.size() == 1);
    CHECK(t.history[0].regenerates == 2);
    CHECK(t.history[0].gap >= 3s);
}

TEST_CASE("a recovered intent keeps the gap open over a refusal and a failed preflight") {
    rotation_harness t;
    t.to_regenerate();
    t.crash();
    t.wake();
    t.fail_preflight(check::instance);
    t.save();
    CHECK(t.machine->gap_open());
    t.regenerate_again();
    t.regenerate_answers(404);
    t.save();
    CHECK(t.machine->gap_open());
    t.crash();
    CHECK(t.machine->gap_open());
    t.regenerate_again();
    t.finish("K");
}

TEST_CASE("a crash loop inside regenerate backs off by the attempt count in the intent") {
    rotation_harness t;
    t.chance = 0.999;
    t.to_regenerate();
    for (unsigned crashes = 1; crashes <= 12; ++crashes) {
        t.crash();
        const duration longest = crashes < 10 ? 60s : 900s;  // ten unknowns in a row
        const duration ceiling = std::min<duration>(1s * (1 << (crashes - 1)), longest);
        CAPTURE(crashes);
        CHECK(t.sleeps_for() < ceiling);
        CHECK(t.sleeps_for() > ceiling * 9 / 10);
        t.regenerate_again();
        CHECK(t.disk.open->regenerates == crashes + 1);
    }
}

TEST_CASE("calm failures go on counting over a restart and a refusal") {
    rotation_harness t;
    t.begin();
    t.fail_preflight(check::instance);
    t.save();
    t.crash(1s);
    CHECK(t.machine->not_before() - t.now.steady == 14s);
    t.pass(1min);
    t.to_regenerate();
    t.regenerate_answers(404);
    t.save();
    CHECK(t.disk.failures == 2);
    CHECK(t.machine->not_before() - t.now.steady == 30s);
}

TEST_CASE("a pending key found at start is installed, without a preflight or a regenerate") {
    rotation_harness t;
    t.to_install("K1");
    t.crash(10s);
    CHECK(t.said("rotation.recovered"));
    CHECK(t.sleeps_for() == 0ms);
    t.wake();
    REQUIRE(t.wants<action::install>());
    t.install_accepted();
    t.save();
    CHECK(t.sent == std::vector<std::string>{"K1", "K1"});
    CHECK(t.regenerates == 1);
    CHECK(t.history[0].gap == 10s);
    CHECK_FALSE(t.disk.confirmation_owed);
}

TEST_CASE("a pending key goes on with the backoff that it was in") {
    rotation_harness t;
    t.to_install("K1");
    for (int i = 0; i < 4; ++i) {
        t.install_answers(401);
        t.save();
        if (i < 3)
            t.wake();
    }
    CHECK(t.sleeps_for() == 4min);
    t.crash(1min);
    CHECK(t.sleeps_for() == 3min);
    t.wake();
    t.install_answers(401);
    t.save();
    CHECK(t.disk.failures == 5);
}

TEST_CASE("a pending key that cannot be unsealed counts as unknown, loudly") {
    rotation_harness t;
    t.to_install("K1");
    t.disk.key->key = nullptr;
    t.crash();
    CHECK(t.last_said("key.lost").level == log_level::error);
    CHECK(t.record().open->unknown);
    CHECK(t.record().confirmation_owed);
    t.wake();
    t.pass_preflight();
    t.permit();
    t.save();
    CHECK_FALSE(t.disk.key);
    t.finish("K2");
    CHECK(t.sent == std::vector<std::string>{"K1", "K2"});
}

TEST_CASE("a pending key over an hour old when found at start counts as unknown, loudly") {
    rotation_harness t;
    t.to_install("K1");
    SECTION("an hour to the millisecond is not over an hour") {
        t.crash(1h);
        CHECK_FALSE(t.said("key.lost"));
        t.wake();
        CHECK(t.wants<action::install>());
    }
    SECTION("over") {
        t.crash(1h + 1ms);
        CHECK(t.last_said("key.lost").level == log_level::error);
        t.regenerate_again();
        t.finish("K2");
        CHECK(t.sent == std::vector<std::string>{"K1", "K2"});
        CHECK(t.disk.confirmation_owed);
    }
    SECTION("a key in a running daemon may become as old as it likes") {
        t.install_answers(401);
        t.save();
        t.pass(100h);
        t.wake();
        CHECK(t.wants<action::install>());
    }
}

TEST_CASE("an open gap found at start without intent or key goes on") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(500);
    t.save();
    t.crash();
    CHECK(t.said("rotation.recovered"));
    CHECK(t.sleeps_for() == 500ms);
    t.regenerate_again();
    t.finish("K2");
}

TEST_CASE(
    "a wall clock that stepped back makes an open gap wait for an hour at most, a calm tunnel for a day") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(500);
    t.save();
    t.now.wall -= std::chrono::days(300);
    t.crash();
    CHECK(t.sleeps_for() <= 1h);

    rotation_harness calm;
    calm.begin();
    calm.fail_preflight(check::instance);
    calm.save();
    calm.now.wall -= std::chrono::days(300);
    calm.crash();
    CHECK(calm.machine->not_before() - calm.now.steady <= 24h);
}

TEST_CASE("a wall clock that stepped makes no gap of negative length") {
    rotation_harness t;
    t.to_install("K1");
    t.now.wall -= std::chrono::days(300);
    t.crash();
    t.wake();
    t.install_accepted();
    t.save();
    CHECK(t.history[0].gap >= 0s);
}

TEST_CASE("calm failures of before do not slow down an open gap") {
    rotation_harness t;
    for (int i = 0; i < 8; ++i) {
        t.begin();
        t.fail_preflight(check::instance);
        t.save();
    }
    CHECK(t.disk.failures == 8);

    SECTION("without a restart") {
        t.to_regenerate();
        t.regenerate_answers(500);
    }
    SECTION("after a restart between the rotations") {
        t.crash();
        t.to_regenerate();
        t.regenerate_answers(500);
    }
    if (t.wants<action::save>())
        t.save();
    SECTION("killed inside regenerate") {
        t.to_regenerate();
        t.crash();
    }
    CHECK(t.sleeps_for() == 500ms);
}

TEST_CASE("a removed tunnel is finished with the settings of its snapshot, which follow a reload") {
    rotation_harness t;
    t.to_install("K1");
    const auto before = t.record().open->settings;
    auto renamed = testing::example_tunnel();
    renamed.name = "jira-2";
    t.install_answers(503);
    t.save();
    t.reconfigure(renamed);
    t.install_answers(503);
    t.save();
    CHECK(t.disk.open->settings != before);
    CHECK(t.disk.name == "jira-2");
}
