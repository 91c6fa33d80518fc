#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

TEST_CASE("calm: 30 s doubling to 1 h") {
    rotation_harness t;
    t.chance = 0.9999;
    for (const duration ceiling : {30s, 60s, 120s, 240s, 480s, 960s, 1920s, 3600s, 3600s}) {
        t.begin();
        t.fail_preflight(check::instance);
        t.save();
        const auto wait = t.machine->not_before() - t.now.steady;
        CHECK((wait < ceiling && wait > ceiling * 99 / 100));
        CHECK(t.disk.retry_at == t.now.wall + wait);
        t.pass(wait);
    }
}

TEST_CASE("urgent: 1 s doubling to 60 s") {
    rotation_harness t;
    t.to_install("K");
    t.chance = 0.9999;
    for (const duration ceiling : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
        t.install_answers(503);
        t.save();
        CHECK((t.sleeps_for() < ceiling && t.sleeps_for() > ceiling * 99 / 100));
        t.wake();
    }
}

TEST_CASE("slow: 1 min doubling to 15 min") {
    rotation_harness t;
    t.to_install("K");
    t.chance = 0.9999;
    for (const duration ceiling : {1min, 2min, 4min, 8min, 15min, 15min}) {
        t.install_answers(401);
        t.save();
        CHECK((t.sleeps_for() < ceiling && t.sleeps_for() > ceiling * 99 / 100));
        t.wake();
    }
}

TEST_CASE("the configured limits count") {
    auto settings = testing::example_tunnel();
    settings.retry = {{1s, 2s}, {100ms, 200ms}, {10s, 20s}, 1min};
    rotation_harness t(settings);
    t.begin();
    t.fail_preflight(check::instance);
    t.save();
    CHECK(t.machine->not_before() - t.now.steady == 500ms);
    t.to_install("K");
    t.install_answers(503);
    t.save();
    CHECK(t.sleeps_for() == 50ms);
    t.wake();
    t.install_answers(401);
    t.save();
    CHECK(t.sleeps_for() == 5s);
}

TEST_CASE("failures are counted anew when another backoff comes into force, and after a mint") {
    rotation_harness t;
    t.to_regenerate();
    for (int i = 0; i < 5; ++i) {
        t.regenerate_answers(500);
        t.regenerate_again();
    }
    t.mint("K");
    CHECK(t.record().failures == 0);
    t.save();
    for (int i = 0; i < 5; ++i) {
        t.install_answers(503);
        t.save();
        t.wake();
    }
    t.install_answers(401);
    t.save();
    CHECK(t.disk.failures == 1);
    CHECK(t.sleeps_for() == 30s);
}

TEST_CASE("a success ends the backoff") {
    rotation_harness t;
    for (int i = 0; i < 5; ++i) {
        t.begin();
        t.fail_preflight(check::instance);
        t.save();
    }
    t.rotate("K");
    CHECK(t.disk.failures == 0);
    CHECK_FALSE(t.disk.retry_at);
    CHECK(t.disk.last_error.empty());
    CHECK(t.machine->not_before() <= t.now.steady);
}

TEST_CASE("Retry-After is honoured up to 24 h while the key is untouched") {
    for (const duration asked : {duration(2h), duration(100h)}) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(429, asked);
        t.save();
        CHECK(t.machine->not_before() - t.now.steady == std::min<duration>(asked, 24h));
        rotation_harness failed;
        failed.begin();
        failed.fail_preflight(check::instance, asked);
        failed.save();
        CHECK(failed.machine->not_before() - failed.now.steady == std::min<duration>(asked, 24h));
    }
}

TEST_CASE("Retry-After is honoured up to 1 h for a cloud 429 with the gap open, else up to 5 min") {
    for (const duration asked : {duration(3min), duration(100h)}) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(503, asked);
        t.save();
        CHECK(t.sleeps_for() == std::min<duration>(asked, 5min));
        t.regenerate_again();
        t.regenerate_answers(429, asked);
        t.save();
        CHECK(t.sleeps_for() == std::min<duration>(asked, 1h));
        t.regenerate_again();
        t.regenerate_answers(404, asked);
        t.save();
        CHECK(t.sleeps_for() == std::min<duration>(asked, 5min));
        t.pass(1min);
        t.wake();
        t.fail_preflight(check::instance, asked);
        t.save();
        CHECK(t.sleeps_for() == std::min<duration>(asked, 5min));
        t.regenerate_again();
        t.mint("K");
        t.save();
        for (unsigned status : {429u, 503u, 400u}) {
            t.install_answers(status, asked);
            t.save();
            CHECK(t.sleeps_for() == std::min<duration>(asked, 5min));
            t.wake();
        }
    }
}

TEST_CASE("a Retry-After shorter than the backoff does not shorten it") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(503, 0s);
    t.save();
    CHECK(t.sleeps_for() == 500ms);
}

TEST_CASE("a request resets the backoff, and ends the wait of an open gap at once") {
    rotation_harness t;
    t.to_install("K");
    for (int i = 0; i < 6; ++i) {
        t.install_answers(401);
        t.save();
        if (i < 5)
            t.wake();
    }
    t.request();
    CHECK(t.wants<action::install>());
    t.install_answers(401);
    t.save();
    CHECK(t.sleeps_for() == 30s);
    CHECK(t.disk.failures == 1);
}

TEST_CASE("a request while idle resets the backoff") {
    rotation_harness t;
    t.begin();
    t.fail_preflight(check::credentials);
    t.save();
    t.request();
    CHECK(t.machine->is_idle());
    CHECK(t.machine->not_before() <= t.now.steady);
}

TEST_CASE("a request while a failure is being written lets the next try come at once") {
    rotation_harness t;
    t.to_install("K");
    t.install_answers(401);
    t.request();
    t.save();
    CHECK(t.sleeps_for() == 0ms);
}

TEST_CASE("a request during a rotation joins it") {
    rotation_harness t;
    t.begin();
    t.request();
    t.pass_preflight();
    t.request();
    t.permit();
    t.request();
    t.save();
    t.request();
    t.mint("K");
    t.request();
    t.save();
    t.request();
    t.install_accepted();
    t.request();
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.regenerates == 1);
    CHECK(t.sent.size() == 1);
}

TEST_CASE("new settings of the tunnel's own end the wait of an open gap, another tunnel's do not") {
    rotation_harness t;
    t.to_install("K");
    t.install_answers(401);
    t.save();
    t.reload_others({});
    CHECK(t.wants<action::sleep>());
    auto settings = testing::example_tunnel();
    settings.instance.auth = bearer_auth{{secret_reference::source::file, "/secrets/new-pat"}};
    t.reconfigure(settings);
    CHECK(t.wants<action::install>());
}
