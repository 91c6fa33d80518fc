#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::rotation_harness;
using check = preflight_failure::check;

namespace {

std::optional<std::string> rotation_of(const notice& said) {
    std::optional<std::string> found;
    for (const auto& [key, value] : said.fields) {
        if (key == "rotation") {
            CHECK_FALSE(found);
            found = value;
        }
    }
    return found;
}

void check_all_are_of(const std::vector<notice>& notices, const std::string& rotation) {
    REQUIRE_FALSE(notices.empty());
    for (const auto& said : notices) {
        CAPTURE(said.name);
        CHECK(rotation_of(said) == rotation);
    }
}

}  // namespace

TEST_CASE("all that is said of one rotation carries the time at which it began") {
    rotation_harness t;
    t.pass(7ms);
    const auto began = to_iso8601_milliseconds(t.now.wall);
    CHECK(began == "2026-12-05T02:00:00.007Z");
    t.begin();
    t.pass(1s);
    t.pass_preflight();
    t.permit();
    t.save();
    t.regenerate_answers(500);
    t.regenerate_again();
    t.mint("K1");
    t.save();
    t.install_answers(503);
    t.save();
    t.wake();
    t.install_accepted("another name");
    t.save();
    check_all_are_of(t.notices, began);
    t.notices.clear();
    t.pass(1h);
    t.begin();
    t.fail_preflight(check::instance);
    t.save();
    check_all_are_of(t.notices, to_iso8601_milliseconds(t.now.wall));
}

TEST_CASE("a rotation is the same one over restarts") {
    rotation_harness t;
    t.pass(123ms);
    const auto began = to_iso8601_milliseconds(t.now.wall);
    t.to_regenerate();
    t.crash(1min);
    t.crash(1min);
    t.regenerate_again();
    t.mint("K1");
    t.save();
    t.crash(1min);
    t.wake();
    t.install_accepted();
    t.save();
    CHECK(t.times_said("rotation.recovered") == 3);
    check_all_are_of(t.notices, began);
}

TEST_CASE("what is said of no rotation carries none") {
    rotation_harness t;
    t.begin();
    t.fail_preflight(check::instance);
    t.save();
    t.notices.clear();
    t.crash();
    t.request();
    CHECK(t.notices.empty());
    CHECK_FALSE(t.machine->why());
}
