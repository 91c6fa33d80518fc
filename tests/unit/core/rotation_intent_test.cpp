#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

TEST_CASE("idle, due: preflight comes first, and nothing is written before it has passed") {
    rotation_harness t;
    CHECK(t.wants<action::none>());
    t.begin();
    CHECK(t.wants<action::preflight>());
    CHECK_FALSE(t.machine->gap_open());
    CHECK(t.said("rotation.begun"));
}

TEST_CASE("one rotation without trouble: preflight, permit, intent, regenerate, seal, install, done") {
    rotation_harness t;
    t.begin(reason::first);
    t.pass_preflight();
    CHECK(t.wants<action::await_permit>());
    CHECK_FALSE(t.machine->gap_open());
    t.permit();
    REQUIRE(t.wants<action::save>());
    CHECK(t.record().open->intent);
    CHECK(t.regenerates == 0);
    t.save();
    CHECK(t.regenerates == 1);
    t.mint("K1");
    REQUIRE(t.wants<action::save>());
    CHECK(t.sent.empty());
    t.save();
    CHECK(t.disk.key->key->reveal() == "K1");
    CHECK_FALSE(t.disk.open->intent);
    CHECK(t.sent == std::vector<std::string>{"K1"});
    t.install_accepted();
    CHECK_FALSE(t.machine->gap_open());
    t.save();
    CHECK(t.machine->is_idle());
    CHECK_FALSE(t.disk.open);
    CHECK_FALSE(t.disk.key);
    CHECK(t.disk.last_success == t.now.wall);
    CHECK_FALSE(t.disk.confirmation_owed);
    CHECK(t.said("rotation.minted"));
    CHECK(t.said("rotation.installed"));
}

TEST_CASE("idle, preflight fails: idle, calm backoff, the key is untouched") {
    for (const auto at : {check::store, check::secret, check::instance}) {
        rotation_harness t;
        t.begin();
        t.fail_preflight(at);
        CHECK_FALSE(t.machine->gap_open());
        t.save();
        CHECK(t.machine->is_idle());
        CHECK(t.machine->not_before() - t.now.steady == 15s);
        CHECK(t.disk.retry_at == t.now.wall + 15s);
        CHECK(t.disk.failures == 1);
        CHECK(t.disk.generation == 0);
        REQUIRE(t.history.size() == 1);
        CHECK(t.history[0].how == outcome::preflight_failed);
        CHECK(t.history[0].error == "a problem");
        CHECK(t.last_said("preflight.failed").message.find("a remedy") != std::string::npos);
    }
}

TEST_CASE("preflight fails on credentials while the key is untouched: calm's maximum at once") {
    for (const auto at : {check::api_key, check::credentials}) {
        rotation_harness t;
        t.chance = 0;
        t.begin();
        t.fail_preflight(at);
        t.save();
        CHECK(t.machine->not_before() - t.now.steady == 1h);
        CHECK(t.last_said("preflight.failed").level == log_level::error);
    }
}

TEST_CASE(
    "a permit that comes within 60 s of the preflight leads to the intent, a later one to a new preflight") {
    rotation_harness t;
    t.to_permit();
    t.pass(60s - 1ms);
    t.permit();
    CHECK(t.wants<action::save>());

    rotation_harness late;
    late.to_permit();
    late.pass(60s);
    late.permit();
    CHECK(late.wants<action::preflight>());
    CHECK_FALSE(late.machine->gap_open());
    late.pass_preflight();
    late.permit();
    CHECK(late.wants<action::save>());
}

TEST_CASE("the intent carries the attempt count, the generation, where the key goes and the settings") {
    rotation_harness t;
    t.to_regenerate(reason::manual);
    CHECK(t.disk.open->regenerates == 1);
    CHECK(t.disk.generation == 1);
    CHECK(t.disk.open->why == reason::manual);
    CHECK(t.disk.open->instance_url == "https://jira.example.com/jira");
    CHECK_FALSE(t.disk.open->settings.empty());
    t.regenerate_answers(500);
    t.regenerate_again();
    CHECK(t.disk.open->regenerates == 2);
    CHECK(t.disk.generation == 2);
}

TEST_CASE("an intent that cannot be written while the gap is open keeps it open, urgently") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(500);
    t.save();
    t.wake();
    t.permit();
    t.fail_save();
    CHECK(t.machine->gap_open());
    t.save();
    CHECK(t.sleeps_for() <= 2s);
    CHECK(t.regenerates == 1);
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.history[0].regenerates == 2);
}

TEST_CASE("killed before the intent is on disk: idle, and nothing happened") {
    rotation_harness t;
    t.to_permit();
    t.permit();
    t.crash();
    CHECK(t.machine->is_idle());
    CHECK(t.wants<action::none>());
    CHECK_FALSE(t.machine->gap_open());
}

TEST_CASE("an intent that cannot be written: nothing is sent, idle, calm backoff") {
    rotation_harness t;
    t.to_permit();
    t.permit();
    t.fail_save();
    CHECK(t.regenerates == 0);
    CHECK_FALSE(t.machine->gap_open());
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.machine->not_before() - t.now.steady == 15s);
    REQUIRE(t.history.size() == 1);
    CHECK(t.history[0].how == outcome::store_failed);
    CHECK(t.history[0].regenerates == 0);
    CHECK(t.history[0].gap == 0s);
    CHECK(t.last_said("store.failed").message.find("disk full") != std::string::npos);
}

TEST_CASE("a preflight of other settings than those in force is made anew") {
    auto moved = testing::example_tunnel();
    moved.instance.url = *parse_base_url("https://new.example.com/jira");

    SECTION("changed while it was under way") {
        rotation_harness t;
        t.begin();
        t.reconfigure(moved);
        t.pass_preflight();
        CHECK(t.wants<action::preflight>());
        t.pass_preflight();
        CHECK(t.wants<action::await_permit>());
    }
    SECTION("changed while waiting for the permit") {
        rotation_harness t;
        t.to_permit();
        t.reconfigure(moved);
        t.permit();
        CHECK(t.wants<action::preflight>());
    }
    SECTION("changed while the gap is open") {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(500);
        t.save();
        t.reconfigure(moved);
        CHECK(t.wants<action::preflight>());
    }
    SECTION("a changed schedule changes nothing that a preflight looks at") {
        auto weekly = testing::example_tunnel();
        weekly.schedule.every = std::chrono::days(7);
        rotation_harness t;
        t.begin();
        t.reconfigure(weekly);
        t.pass_preflight();
        CHECK(t.wants<action::await_permit>());
    }
}
