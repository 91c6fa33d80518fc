#include "simulator/random_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>

using namespace tunnelkeyd::simulator;

TEST_CASE("a security key looks like the published sample, and is a new one each time") {
    const auto key = random_key();
    REQUIRE(std::regex_match(key, std::regex("[A-Za-z0-9_-]{86}==")));
    REQUIRE(random_key() != key);
}

TEST_CASE("a UUID is of version 4") {
    REQUIRE(std::regex_match(
        random_uuid(), std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
}

TEST_CASE("base64 is that of RFC 4648") {
    REQUIRE(base64("") == "");
    REQUIRE(base64("f") == "Zg==");
    REQUIRE(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("uniform numbers are from 0 to below 1") {
    for (int i = 0; i < 1000; ++i) {
        const double number = random_uniform();
        REQUIRE(number >= 0);
        REQUIRE(number < 1);
    }
}
