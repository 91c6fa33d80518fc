#include "crash/verdict.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace tunnelkeyd::crash;
using state = store_look::state;

namespace {

/// Killed with a sealed key on disk, and recovered.
evidence good_kill() {
    evidence seen;
    seen.status = -SIGKILL;
    seen.found.found = state::sealed;
    seen.regenerates_before = 1;
    seen.regenerates_after = 1;
    seen.in_step = true;
    seen.left.found = state::done;
    return seen;
}

/// A call failed, and the daemon went on.
evidence good_error() {
    auto seen = good_kill();
    seen.killed = false;
    seen.status = 0;
    seen.was_asked = true;
    seen.found.found = state::done;
    return seen;
}

/// A call failed, and the daemon refused to start.
evidence good_refusal() {
    auto seen = good_error();
    seen.status = 78;
    seen.was_asked = false;
    seen.said_why = true;
    seen.found.found = state::nothing;
    seen.regenerates_before = 0;
    return seen;
}

}  // namespace

TEST_CASE("whoever recovers without regenerating again is well") {
    CHECK(judge(good_kill()).empty());
    CHECK(judge(good_error()).empty());
    CHECK(judge(good_refusal()).empty());
}

TEST_CASE("a regenerate after the key was sealed is one too many, unless a confirmation was owed") {
    auto seen = good_kill();
    seen.regenerates_after = 2;
    CHECK(judge(seen).size() == 1);
    seen.found.confirmation_owed = true;
    CHECK(judge(seen).empty());
    seen.regenerates_after = 3;
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("an intent allows a repeat and a confirmation, and not more") {
    auto seen = good_kill();
    seen.found.found = state::intent;
    seen.regenerates_after = 3;
    CHECK(judge(seen).empty());
    seen.regenerates_after = 4;
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("a store that knows nothing of a request that was sent has broken its promise") {
    auto seen = good_kill();
    seen.found.found = state::nothing;
    CHECK(judge(seen).size() == 1);
    seen.regenerates_before = 0;
    CHECK(judge(seen).empty());
}

TEST_CASE("a store that does not open is a failure, before and after") {
    auto seen = good_kill();
    seen.found.problem = "damaged";
    CHECK(judge(seen).size() == 1);
    seen = good_kill();
    seen.left.problem = "damaged";
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("what is left out of step, unfinished or unconfirmed is a failure") {
    auto seen = good_kill();
    seen.in_step = false;
    CHECK(judge(seen).size() == 1);
    seen = good_kill();
    seen.left.found = state::sealed;
    CHECK(judge(seen).size() == 1);
    seen = good_kill();
    seen.left.confirmation_owed = true;
    CHECK(judge(seen).size() == 1);
    seen = good_kill();
    seen.recovery = "it does not end";
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("an end by another signal than the one that was sent is a failure") {
    auto seen = good_kill();
    seen.status = 0;
    CHECK(judge(seen).size() == 1);
    seen = good_error();
    seen.status = -SIGABRT;
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("only whoever cannot get well may be killed for not ending") {
    auto seen = good_error();
    seen.status = -SIGKILL;
    CHECK(judge(seen).size() == 1);
    seen.lasting = true;
    CHECK(judge(seen).empty());
    seen.status = -SIGSEGV;
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("a refusal has a documented status and says why") {
    auto seen = good_refusal();
    seen.status = 0;
    CHECK(judge(seen).size() == 1);
    seen.status = 3;
    CHECK(judge(seen).size() == 1);
    seen = good_refusal();
    seen.said_why = false;
    CHECK(judge(seen).size() == 1);
}

TEST_CASE("an error allows three regenerates in all, beyond those of the scenario") {
    auto seen = good_error();
    seen.regenerates_after = 3;
    CHECK(judge(seen).empty());
    seen.regenerates_after = 4;
    CHECK(judge(seen).size() == 1);
    seen.prepared_regenerates = 1;
    CHECK(judge(seen).empty());
}
