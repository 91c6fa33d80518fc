#include "config/problems.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::config;

TEST_CASE("problems are listed by their place, whatever the order in which they were found") {
    problems found;
    found.add({1, 2}, "third");
    found.add({0, 4}, "first");
    found.add({1, 0}, "second");
    CHECK(found.texts("c.yaml", "a: b\nc: d\n") ==
          std::vector<std::string>{"c.yaml:1:5: first", "c.yaml:2:1: second", "c.yaml:2:3: third"});
}

TEST_CASE("problems at one place keep the order in which they were found") {
    problems found;
    for (const char* text : {"b", "a", "c"})
        found.add({}, text);
    CHECK(found.texts("c", "") == std::vector<std::string>{"c:1:1: b", "c:1:1: a", "c:1:1: c"});
}

TEST_CASE("columns are counted in characters, as an editor does") {
    problems found;
    found.add({1, 9}, "here");
    CHECK(found.texts("c", "x\n\xC3\xBC: \"\xE2\x82\xAC\" y") == std::vector<std::string>{"c:2:7: here"});
}

TEST_CASE("of many problems the first hundred are kept, and the rest counted") {
    problems found;
    for (std::uint32_t line = 1'000; line > 0; --line)
        found.add({line - 1, 0}, "bad");
    const auto texts = found.texts("c", "");
    REQUIRE(texts.size() == 101);
    CHECK(texts[0] == "c:1:1: bad");
    CHECK(texts[99] == "c:100:1: bad");
    CHECK(texts[100] == "c: 1000 errors in all, of which the first 100 are shown");
}

TEST_CASE("a path names keys and the places in lists") {
    const path top;
    const path tunnels{&top, "tunnels"};
    const path item{&tunnels, {}, 3};
    CHECK(top.text().empty());
    CHECK(path{&item, "name"}.text() == "tunnels[3].name");
}
