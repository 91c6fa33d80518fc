#include "config/yaml_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace tunnelkeyd::config;

TEST_CASE("UTF-8 is told from what only looks like it (RFC 3629)") {
    for (const char* text : {"", "abc\r\n\t", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x94\x91", "\xEF\xBB\xBFx",
                             "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
        CHECK_FALSE(find_bad_character(text));
    for (const char* text : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                             "\x80", "\xF0\x82\x82\xAC", "\xE2\x82", "\x01", "\x1B[31m", "\xC3x"})
        CHECK(find_bad_character(text));
    CHECK(find_bad_character(std::string_view("a\0b", 3)));
}

TEST_CASE("a bad character's place is known") {
    const auto where = find_bad_character("a: b\n\xC3\xBC: \x01");
    REQUIRE(where);
    CHECK(where->line == 1);
    CHECK(where->column == 4);
}

TEST_CASE("a syntax error never passes on words of the parser, which may quote the file") {
    CHECK(explain_syntax_error("unknown escape character: h", "a", {}) ==
          "not valid YAML: a backslash in double quotes begins an escape; use single quotes, or \\\\");
    CHECK(explain_syntax_error("something new: hunter2", "a", {}) == "not valid YAML here");
}

TEST_CASE("a tab in the indentation is named, whatever the parser makes of it") {
    CHECK(explain_syntax_error("illegal map value", "a:\n\tb: c\n", {1, 2}) ==
          "not valid YAML: this line is indented with a tab; YAML allows only spaces there");
}
