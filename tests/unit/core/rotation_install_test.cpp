#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

namespace {

void reject(rotation_harness& t, int times) {
    for (int i = 0; i < times; ++i) {
        if (t.wants<action::save>())
            t.save();
        if (t.wants<action::sleep>())
            t.wake();
        t.install_answers(400);
    }
}

}  // namespace

TEST_CASE("installing, retry: the key is kept and sent again urgently, for as long as it takes") {
    rotation_harness t;
    t.to_install("K1");
    for (int i = 0; i < 100; ++i) {
        const unsigned statuses[] = {408, 425, 429, 500, 503, 504};
        i % 7 == 6 ? t.install_times_out() : t.install_answers(statuses[i % 7]);
        CHECK(t.pending() == "K1");
        t.save();
        CHECK(t.sleeps_for() <= 30s);
        t.wake();
    }
    t.install_accepted();
    t.save();
    CHECK(t.regenerates == 1);
    CHECK(t.history[0].installs == 101);
    CHECK(t.said("install.retry"));
}

TEST_CASE("installing, credentials refused or a wrong URL: slow backoff, alarm, key kept, no regenerate") {
    for (unsigned status : {401u, 403u, 302u, 404u, 405u, 410u}) {
        rotation_harness t;
        t.to_install("K1");
        for (int i = 0; i < 30; ++i) {
            t.install_answers(status);
            t.save();
            CHECK(t.sleeps_for() == std::min<duration>(30s * (1 << std::min(i, 10)), 450s));
            t.wake();
        }
        CHECK(t.pending() == "K1");
        CHECK(t.regenerates == 1);
        const auto* name = status == 404 || status == 405 || status == 410 ? "install.wrong_url"
                                                                           : "install.credentials_refused";
        CHECK(t.last_said(name).level == log_level::error);
    }
}

TEST_CASE("the fifth rejection in a row regenerates") {
    rotation_harness t;
    t.to_install("K1");
    for (unsigned i = 1; i < 5; ++i) {
        t.install_answers(400);
        t.save();
        CHECK(t.disk.key->rejections == i);
        CHECK(t.sleeps_for() <= 8s);
        t.wake();
    }
    t.install_answers(400);
    CHECK(t.wants<action::await_permit>());
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.sent.back() == "K2");
    CHECK(t.history[0].regenerates == 2);
    CHECK(t.history[0].installs == 6);
}

TEST_CASE("other verdicts neither count as rejections nor reset their number, and a restart keeps it") {
    rotation_harness t;
    t.to_install("K1");
    for (unsigned status : {400u, 503u, 409u, 401u, 422u, 404u, 400u}) {
        t.install_answers(status);
        t.save();
        t.wake();
    }
    CHECK(t.disk.key->rejections == 4);
    t.crash();
    t.wake();
    REQUIRE(t.wants<action::install>());
    t.install_answers(400);
    CHECK(t.wants<action::preflight>());
}

TEST_CASE("a key is regenerated for rejections at most once an hour") {
    rotation_harness t;
    t.to_install("K1");
    reject(t, 5);
    t.regenerate_again();
    t.mint("K2");
    t.save();
    const auto replaced_at = t.now.steady;
    while (t.now.steady - replaced_at < 59min) {
        reject(t, 1);
        t.pass(10s);
    }
    CHECK(t.pending() == "K2");
    CHECK(t.regenerates == 2);
    t.crash();  // the hour is on disk
    t.wake();
    t.install_answers(400);
    CHECK(t.wants<action::save>());
    t.pass(2min);
    reject(t, 1);
    CHECK(t.wants<action::preflight>());
    t.regenerate_again();
    CHECK(t.regenerates == 3);
}

TEST_CASE("a wall clock that stepped back neither lifts the hour between replacements nor makes it a day") {
    for (const duration back : {duration(5min), duration(300h)}) {
        rotation_harness t;
        t.to_install("K1");
        reject(t, 5);
        t.regenerate_again();
        t.mint("K2");
        t.save();
        t.now.wall -= back;
        reject(t, 5);
        CHECK(t.wants<action::save>() == (back < 1h));
    }
}

TEST_CASE("after five rejections a refused regenerate goes back to the sealed key, for an hour") {
    for (unsigned status : {404u, 401u}) {
        rotation_harness t;
        t.to_install("K1");
        reject(t, 5);
        t.regenerate_again();
        CHECK(t.disk.key);
        t.regenerate_answers(status);
        CHECK(t.machine->gap_open());
        t.save();
        CHECK(t.history.empty());
        CHECK(t.sleeps_for() == (status == 401 ? 30s : 8s));  // the fifth failure in a row
        t.wake();
        CHECK(t.sent.back() == "K1");
        t.install_answers(400);
        CHECK(t.wants<action::save>());
        CHECK(t.regenerates == 2);
        t.save();
        t.wake();
        t.install_accepted();
        t.save();
        CHECK(t.machine->is_idle());
    }
}

TEST_CASE("after five rejections an unknown regenerate makes the key suspect: it is never sent again") {
    rotation_harness t;
    t.to_install("K1");
    reject(t, 5);
    t.regenerate_again();
    const auto sent = t.sent.size();
    t.regenerate_answers(500);
    CHECK(t.pending().empty());
    t.save();
    CHECK_FALSE(t.disk.key);
    t.crash(10s);
    t.regenerate_again();
    t.cannot_connect();
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.sent.size() == sent + 1);
    CHECK(t.sent.back() == "K2");
}

TEST_CASE("killed while regenerating for rejections: the key is suspect, and never sent again") {
    rotation_harness t;
    t.to_install("K1");
    reject(t, 5);
    t.regenerate_again();
    const auto sent = t.sent.size();
    t.crash();
    CHECK(t.pending().empty());
    t.regenerate_again();
    t.finish("K2");
    CHECK(t.sent.size() == sent + 1);
}

TEST_CASE("a failed preflight before a regenerate for rejections goes back to the sealed key") {
    rotation_harness t;
    t.to_install("K1");
    t.pass(2min);
    reject(t, 5);
    t.fail_preflight(check::instance);
    t.save();
    t.wake();
    CHECK(t.sent.back() == "K1");
    t.install_answers(400);
    CHECK(t.wants<action::preflight>());
}

TEST_CASE("a reply whose name differs from the cloud's is an alarm on a finished rotation") {
    rotation_harness t;
    t.to_install("K1");
    t.install_accepted("tunnel2");
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.last_said("rotation.name_mismatch").level == log_level::error);

    rotation_harness same;
    same.to_install("K1");
    same.install_accepted("tunnel1");
    CHECK_FALSE(same.said("rotation.name_mismatch"));
}

TEST_CASE("a regenerate for rejections that never reached the cloud costs no hour") {
    rotation_harness t;
    t.to_install("K1");
    reject(t, 5);
    t.regenerate_again();
    t.cannot_connect();
    t.save();
    t.wake();
    CHECK(t.sent.back() == "K1");
    t.install_answers(400);
    t.regenerate_again();
    t.finish("K2");
}

TEST_CASE("an intent for rejections that cannot be written costs no hour") {
    rotation_harness t;
    t.to_install("K1");
    reject(t, 5);
    t.permit();
    t.fail_save();
    CHECK(t.pending() == "K1");
    t.save();
    t.wake();
    t.install_answers(400);
    t.regenerate_again();
    t.finish("K2");
}

TEST_CASE("a rejection says what to do about it") {
    rotation_harness t;
    t.to_install("K1");
    t.install_answers(400);
    CHECK(t.last_said("install.rejected").message.find("fifth") != std::string::npos);
}
