#include "daemon/commands/table.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace tunnelkeyd::daemon;

namespace {

std::string text_of(const table& what, const display& on = {}) {
    std::ostringstream out;
    print(out, what, on);
    return out.str();
}

const table two{{"TUNNEL", "STATE", "GAP"}, 0, {{{"jira"}, {"idle"}, {"-"}}, {{"confluence"}, {""}, {"7m"}}}};

}  // namespace

TEST_CASE("a table is as wide as what it holds, without blanks at the ends of lines") {
    CHECK(text_of(two) == "TUNNEL      STATE  GAP\n"
                          "jira        idle   -\n"
                          "confluence         7m\n");
    CHECK(text_of({{"A", "B"}, 0, {{{"x"}, {""}}}}) == "A  B\nx\n");
}

TEST_CASE("where it is too wide, one column gives way, and the others stay whole") {
    display narrow;
    narrow.columns = 20;
    CHECK(text_of(two, narrow) == "TUNNEL    STATE  GAP\n"
                                  "jira      idle   -\n"
                                  "con...ce         7m\n");
}

TEST_CASE("colours take no width") {
    display on;
    on.colour = true;
    const table one{{"A", "B"}, 0, {{{"red", paint::red}, {"x"}}}};
    CHECK(text_of(one, on) == "\x1b[2mA\x1b[0m    \x1b[2mB\x1b[0m\n\x1b[1;31mred\x1b[0m  x\n");
}
