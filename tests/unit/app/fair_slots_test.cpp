#include "app/fair_slots.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace tunnelkeyd;

namespace {

/// Takes all that this line can get; how many it holds then.
unsigned fill(app::fair_slots& from, const std::string& line) {
    while (from.has_one_for(line))
        from.take(line);
    return from.held(line);
}

}  // namespace

TEST_CASE("a line that is alone has all slots") {
    app::fair_slots slots(10);
    slots.share_among(1);
    CHECK(fill(slots, "a") == 10);
    slots.give_back("a");
    CHECK(slots.has_one_for("a"));
}

TEST_CASE("whatever some lines hold, each has its own share, and all of them together no more than there are") {
    app::fair_slots slots(256);
    slots.share_among(4);
    CHECK(fill(slots, "a") == 128 + 32);
    CHECK(fill(slots, "b") == 32);
    for (unsigned i = 0; i < 10; ++i)
        slots.give_back("a");
    CHECK(fill(slots, "c") == 32 + 10);
    CHECK(fill(slots, "d") == 32);
    CHECK(slots.held("a") + slots.held("b") + slots.held("c") + slots.held("d") == 256);
}

TEST_CASE(
    "a line that comes has its share at once, and who holds too many gets none before they are given back") {
    app::fair_slots slots(100);
    slots.share_among(1);
    REQUIRE(fill(slots, "a") == 100);
    slots.share_among(2);
    CHECK(fill(slots, "b") == 25);
    for (unsigned i = 0; i < 25; ++i) {
        slots.give_back("a");
        CHECK_FALSE(slots.has_one_for("a"));
    }
    slots.give_back("a");
    CHECK(slots.has_one_for("a"));
    CHECK(fill(slots, "b") == 26);
}

TEST_CASE("where there are more lines than slots, each has one all the same") {
    app::fair_slots slots(8);
    slots.share_among(20);
    CHECK(fill(slots, "greedy") == 5);
    for (unsigned i = 1; i < 20; ++i)
        CHECK(fill(slots, std::to_string(i)) == 1);
}
