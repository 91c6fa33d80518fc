#include "config/suggest.hpp"

#include <catch2/catch.hpp>

#include <string>

using tunnelkeyd::config::suggest;

namespace {

constexpr std::string_view words[] = {"every", "jitter", "first", "file", "max_in_flight", "on_premise_url"};

}  // namespace

TEST_CASE("a misspelt word finds the one that was meant") {
    CHECK(suggest("evry", words) == "every");
    CHECK(suggest("flie", words) == "file");
    CHECK(suggest("Jitter", words) == "jitter");
    CHECK(suggest("fisrt", words) == "first");
    CHECK(suggest("maxInFlight", words) == "max_in_flight");
    CHECK(suggest("on-premise-url", words) == "on_premise_url");
    CHECK(suggest("onPremiseUrl", words) == "on_premise_url");
}

TEST_CASE("a word that is not near finds none") {
    for (const std::string text : {"", "cron", "windows", "x", "1.1", "fi", "time_zone"})
        CHECK(suggest(text, words).empty());
    CHECK(suggest(std::string(10'000, 'e'), words).empty());
}
