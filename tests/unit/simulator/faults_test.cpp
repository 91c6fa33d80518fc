#include "simulator/faults.hpp"
#include "simulator/staging.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::simulator;

namespace {

double never_asked() {
    FAIL("no randomness is needed");
    return 0;
}

fault for_call(std::optional<call> what, const std::string& tunnel = "", unsigned times = 1) {
    fault made;
    made.what = what;
    made.tunnel = tunnel;
    made.times = times;
    return made;
}

}  // namespace

TEST_CASE("a fault meets the call and the tunnel that it names, and no other") {
    fault_table table;
    table.add(for_call(call::install, "jira"));
    REQUIRE_FALSE(table.pick(call::install, "bamboo", never_asked));
    REQUIRE_FALSE(table.pick(call::regenerate, "jira", never_asked));
    REQUIRE(table.pick(call::install, "jira", never_asked));
}

TEST_CASE("a fault without a call or a tunnel meets all of them") {
    fault_table table;
    table.add(for_call(std::nullopt, "", 0));
    REQUIRE(table.pick(call::install, "bamboo", never_asked));
    REQUIRE(table.pick(call::other, "", never_asked));
}

TEST_CASE("a fault fires as often as it should, and is then listed as spent") {
    fault_table table;
    table.add(for_call(std::nullopt, "", 2));
    REQUIRE(table.pick(call::status, "jira", never_asked));
    REQUIRE(table.active().size() == 1);
    REQUIRE(table.pick(call::status, "jira", never_asked));
    REQUIRE_FALSE(table.pick(call::status, "jira", never_asked));
    REQUIRE(table.active().empty());
    REQUIRE(table.spent().front().fired == 2);
}

TEST_CASE("a fault with times 0 fires until cleared") {
    fault_table table;
    table.add(for_call(std::nullopt, "", 0));
    for (int i = 0; i < 100; ++i)
        REQUIRE(table.pick(call::status, "jira", never_asked));
    table.clear();
    REQUIRE_FALSE(table.pick(call::status, "jira", never_asked));
    REQUIRE(table.spent().empty());
}

TEST_CASE("faults fire in the order in which they were set") {
    fault_table table;
    const auto first = table.add(for_call(call::install));
    const auto second = table.add(for_call(call::install));
    REQUIRE(table.pick(call::install, "jira", never_asked)->id == first);
    REQUIRE(table.pick(call::install, "jira", never_asked)->id == second);
}

TEST_CASE("a fault comes up with its probability, and one that does not lets the next one try") {
    fault_table table;
    auto rare = for_call(call::install, "", 0);
    rare.probability = 0.25;
    const auto first = table.add(rare);
    const auto second = table.add(for_call(call::install, "", 0));
    REQUIRE(table.pick(call::install, "jira", [] { return 0.2499; })->id == first);
    REQUIRE(table.pick(call::install, "jira", [] { return 0.25; })->id == second);
    REQUIRE(table.active().front().fired == 1);
}

TEST_CASE("a fault with probability 0 never fires") {
    fault_table table;
    auto never = for_call(std::nullopt);
    never.probability = 0;
    table.add(never);
    REQUIRE_FALSE(table.pick(call::install, "jira", [] { return 0.0; }));
}

TEST_CASE("whatever does not apply has a reply of its own, or sends none") {
    for (int kind = 0; kind <= static_cast<int>(fault_kind::no_close_notify); ++kind) {
        fault met;
        met.kind = static_cast<fault_kind>(kind);
        met.apply = false;
        const auto play = stage(met);
        const bool sends_nothing =
            play.deliver == staging::delivery::nothing || play.deliver == staging::delivery::never;
        INFO(to_string(met.kind));
        REQUIRE((play.apply || play.instead || sends_nothing));
    }
}
