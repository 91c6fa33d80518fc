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

TEST_CASE("a name has one UUID, of version 5") {
    REQUIRE(uuid_of("www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2");  // RFC 9562, appendix A.4
    REQUIRE(uuid_of("jira") == uuid_of("jira"));
    REQUIRE(uuid_of("jira") != uuid_of("jira-2"));
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
