#include "core/record.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;

TEST_CASE("a reason's text reads back as the same reason") {
    for (const auto why :
         {reason::scheduled, reason::catch_up, reason::first, reason::manual, reason::confirm}) {
        CHECK_FALSE(to_string(why).empty());
        CHECK(parse_reason(to_string(why)) == why);
    }
    for (const char* text : {"", "Scheduled", "confirm ", "later"})
        CHECK_FALSE(parse_reason(text));
}

TEST_CASE("an outcome's text reads back as the same outcome") {
    for (const auto how : {outcome::installed, outcome::refused, outcome::preflight_failed,
                           outcome::store_failed, outcome::manual, outcome::revealed, outcome::discarded}) {
        CHECK_FALSE(to_string(how).empty());
        CHECK(parse_outcome(to_string(how)) == how);
    }
    for (const char* text : {"", "done", "INSTALLED"})
        CHECK_FALSE(parse_outcome(text));
}
