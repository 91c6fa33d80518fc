#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

TEST_CASE("regenerating, refused with nothing open: idle, calm backoff, the key is untouched") {
    for (unsigned status : {302u, 400u, 404u, 429u, 0u}) {
        rotation_harness t;
        t.to_regenerate();
        t.pass(5s);
        status == 0 ? t.cannot_connect() : t.regenerate_answers(status);
        CHECK_FALSE(t.machine->gap_open());
        t.save();
        CHECK(t.machine->is_idle());
        CHECK_FALSE(t.disk.open);
        CHECK(t.machine->not_before() - t.now.steady == 15s);
        CHECK_FALSE(t.disk.confirmation_owed);
        REQUIRE(t.history.size() == 1);
        CHECK(t.history[0].how == outcome::refused);
        CHECK(t.history[0].gap == 0s);
        CHECK(t.history[0].regenerates == 1);
        CHECK(t.said("rotation.refused"));
    }
}

TEST_CASE("regenerating, 401 or 403 with nothing open: calm's maximum at once") {
    for (unsigned status : {401u, 403u}) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(status);
        t.save();
        CHECK(t.machine->is_idle());
        CHECK(t.machine->not_before() - t.now.steady == 1h);
        CHECK(t.last_said("rotation.refused").level == log_level::error);
    }
}

TEST_CASE("regenerating, unknown: the gap stays open, urgent backoff, and it regenerates again") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(502);
    CHECK(t.machine->gap_open());
    CHECK(t.said("rotation.unknown"));
    t.save();
    CHECK(t.disk.open->unknown);
    CHECK_FALSE(t.disk.open->intent);
    CHECK(t.sleeps_for() == 500ms);
    t.wake();
    CHECK(t.wants<action::await_permit>());  // the preflight is fresh
    t.permit();
    t.save();
    CHECK(t.regenerates == 2);
    t.finish("K2");
    CHECK(t.history[0].how == outcome::installed);
    CHECK(t.history[0].regenerates == 2);
    CHECK(t.history[0].gap == 500ms);
}

TEST_CASE("preflight runs before a further regenerate when the last one is 60 s old") {
    rotation_harness t;
    t.to_regenerate();
    t.pass(59s);
    t.regenerate_answers(502);
    t.save();
    t.pass(1s);
    t.wake();
    REQUIRE(t.wants<action::preflight>());
    t.pass_preflight();
    CHECK(t.wants<action::await_permit>());
}

TEST_CASE("a failed preflight with the gap open waits and never goes idle: urgent, or slow for credentials") {
    for (const auto at : {check::store, check::secret, check::instance, check::api_key, check::credentials}) {
        const bool slow = at == check::api_key || at == check::credentials;
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_times_out();
        t.save();
        t.pass(2min);
        t.wake();
        for (int i = 0; i < 30; ++i) {
            t.fail_preflight(at);
            CHECK(t.machine->gap_open());
            t.save();
            CHECK(t.sleeps_for() <= (slow ? 450s : 30s));
            t.pass(1min);
            t.wake();
        }
        CHECK(t.regenerates == 1);
        CHECK(t.history.empty());
        t.regenerate_again();
        t.finish("K");
    }
}

TEST_CASE("refused after an unknown stays open: urgent, slow for 401 and 403") {
    for (unsigned status : {0u, 404u, 429u, 302u, 401u, 403u}) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(500);
        t.regenerate_again();
        status == 0 ? t.cannot_connect() : t.regenerate_answers(status);
        CHECK(t.machine->gap_open());
        t.save();
        CHECK(t.history.empty());
        CHECK(t.sleeps_for() == (status == 401 || status == 403 ? 30s : 1s));
        CHECK(t.last_said("rotation.refused").level == log_level::error);
        // The refused request touched nothing, but an earlier one may have.
        CHECK(t.last_said("rotation.refused").message.find("untouched") == std::string::npos);
        t.regenerate_again();
        t.finish("K");
    }
}

TEST_CASE("each regenerate after one that timed out may take twice as long, up to 5 min") {
    CHECK(regenerate_timeout(60s, 0) == 60s);
    CHECK(regenerate_timeout(60s, 1) == 2min);
    CHECK(regenerate_timeout(60s, 2) == 4min);
    CHECK(regenerate_timeout(60s, 3) == 5min);
    CHECK(regenerate_timeout(60s, 4'000'000'000) == 5min);
    CHECK(regenerate_timeout(10min, 0) == 10min);
    CHECK(regenerate_timeout(10min, 5) == 10min);

    rotation_harness t;
    t.to_regenerate();
    for (unsigned timeouts = 0; timeouts < 5; ++timeouts) {
        CHECK(std::get<action::regenerate>(t.action).timeouts_in_a_row == timeouts);
        t.regenerate_times_out();
        t.regenerate_again();
    }
    t.regenerate_answers(500);
    t.regenerate_again();
    CHECK(std::get<action::regenerate>(t.action).timeouts_in_a_row == 0);
    t.regenerate_times_out();
    t.regenerate_again();
    t.finish("K");
    t.to_regenerate();
    CHECK(std::get<action::regenerate>(t.action).timeouts_in_a_row == 0);
}

TEST_CASE("after ten unknowns in a row the urgent maximum is 15 min, until a key is minted") {
    rotation_harness t;
    t.to_regenerate();
    for (int unknowns = 1; unknowns <= 14; ++unknowns) {
        t.chance = 0.999;
        t.regenerate_answers(500);
        t.save();
        CAPTURE(unknowns);
        if (unknowns < 10)
            CHECK(t.sleeps_for() < 1min);
        if (unknowns >= 11)
            CHECK((t.sleeps_for() > 14min && t.sleeps_for() < 15min));
        t.regenerate_again();
    }
    t.mint("K");
    t.save();
    t.install_answers(503);
    t.save();
    CHECK(t.sleeps_for() < 1s);
}

TEST_CASE("a refusal ends a row of unknowns") {
    rotation_harness t;
    t.to_regenerate();
    for (int i = 0; i < 9; ++i) {
        t.regenerate_answers(500);
        t.regenerate_again();
    }
    t.cannot_connect();
    t.regenerate_again();
    t.chance = 0.999;
    t.regenerate_answers(500);
    t.save();
    CHECK(t.sleeps_for() < 1min);
}

TEST_CASE("each failure of the cloud says what to do about it") {
    const std::pair<unsigned, const char*> remedies[] = {{401, "API key"}, {403, "API key"}, {404, "hostname"}};
    for (const auto& [status, remedy] : remedies) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(status);
        CAPTURE(status, t.last_said("rotation.refused").message);
        CHECK(t.last_said("rotation.refused").message.find(remedy) != std::string::npos);
    }
}
