#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;

TEST_CASE("the store fails after the mint: seal again once, and go on if that works") {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1");
    t.fail_save();
    REQUIRE(t.wants<action::save>());
    CHECK(t.pending() == "K1");
    CHECK(t.sent.empty());
    t.save();
    CHECK(t.disk.key->key->reveal() == "K1");
    CHECK(t.wants<action::install>());
    t.install_accepted();
    t.save();
    CHECK(t.machine->is_idle());
}

TEST_CASE("the store fails twice after the mint: install from memory") {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1");
    t.fail_save();
    t.fail_save();
    REQUIRE(t.wants<action::install>());
    CHECK(t.sent.back() == "K1");
    CHECK(t.last_said("store.failed").message.find("memory") != std::string::npos);

    SECTION("installed: done is written, and that was all") {
        t.install_accepted();
        t.save();
        CHECK(t.machine->is_idle());
        CHECK(t.regenerates == 1);
    }
    SECTION("not installed: each failure tries to seal it again") {
        t.install_answers(503);
        t.save();
        CHECK(t.disk.key->key->reveal() == "K1");
        CHECK_FALSE(t.disk.open->intent);
    }
    SECTION("killed: the intent on disk makes it unknown") {
        t.crash();
        CHECK(t.record().open->unknown);
        CHECK(t.record().confirmation_owed);
        t.regenerate_again();
        t.finish("K2");
    }
}

TEST_CASE("each mint may fail to be sealed once") {
    rotation_harness t;
    t.to_regenerate();
    t.mint("K1");
    t.fail_save();
    t.save();
    t.install_accepted();
    t.save();
    t.to_regenerate();
    t.mint("K2");
    t.fail_save();
    CHECK(t.wants<action::save>());
}

TEST_CASE("done cannot be written: the gap is closed, the write is retried, and nothing new begins") {
    rotation_harness t;
    t.to_install("K1");
    t.install_accepted();
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(t.machine->gap_open());
        CHECK_FALSE(t.machine->is_idle());
        t.fail_save();
        CHECK(t.sleeps_for() <= 30s);
        t.request();
        CHECK(t.wants<action::sleep>());
        t.wake();
    }
    CHECK(t.times_said("store.failed") == 20);
    t.save();
    CHECK(t.machine->is_idle());
    REQUIRE(t.history.size() == 1);
    CHECK(t.history[0].how == outcome::installed);
    CHECK(t.history[0].gap == 0s);
    CHECK(t.sent.size() == 1);
}

TEST_CASE("killed before done is on disk: the same key is installed again, and regenerate is not called") {
    rotation_harness t;
    t.to_install("K1");
    t.install_accepted();
    t.crash(1s);
    t.wake();
    REQUIRE(t.wants<action::install>());
    CHECK(t.sent == std::vector<std::string>{"K1", "K1"});
    t.install_accepted();
    t.save();
    CHECK(t.regenerates == 1);
    CHECK_FALSE(t.disk.confirmation_owed);
}

TEST_CASE("a failure that cannot be written down is said, and changes nothing else") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(500);
    t.fail_save();
    CHECK(t.said("store.failed"));
    t.regenerate_again();
    t.finish("K2");
}

TEST_CASE("a refusal that cannot be written down is written again until it is, since its intent is on disk") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(404);
    t.fail_save();
    CHECK(t.said("store.failed"));
    CHECK_FALSE(t.machine->gap_open());
    CHECK_FALSE(t.machine->is_idle());
    SECTION("then nothing is left of it") {
        t.wake();
        t.save();
        CHECK(t.machine->is_idle());
        t.crash();
        CHECK(t.machine->is_idle());
    }
    SECTION("killed before, it cannot know what became of its request") {
        t.crash();
        CHECK(t.machine->gap_open());
        t.regenerate_again();
        t.finish("K1");
    }
}
