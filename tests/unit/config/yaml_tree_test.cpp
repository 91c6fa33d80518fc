#include "config/yaml_tree.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace tunnelkeyd::config;

namespace {

std::vector<std::string> problems_of(std::string_view text) {
    yaml_tree tree;
    problems errors;
    tree.parse(text, errors);
    CHECK((tree.root() == nullptr) == !errors.empty());
    return errors.texts("c", text);
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a tree holds scalars, lists and maps with their places") {
    yaml_tree tree;
    problems errors;
    tree.parse("a: 'x'\nb:\n  - 1\n  - ~\n", errors);
    REQUIRE(errors.empty());
    const auto* a = tree.root()->first;
    REQUIRE(tree.root()->type == node::kind::map);
    CHECK(a->text == "a");
    CHECK(a->next->text == "x");
    CHECK_FALSE(a->next->plain);
    const auto* list = a->next->next->next;
    REQUIRE(list->type == node::kind::list);
    CHECK(list->first->plain);
    CHECK(list->first->where.line == 2);
    CHECK(list->first->where.column == 4);
    CHECK(list->first->next->type == node::kind::null);
    CHECK(list->first->next->next == nullptr);
}

TEST_CASE("an alias shares what it stands for and keeps its own place") {
    yaml_tree tree;
    problems errors;
    tree.parse("a: &x {k: v}\nb: *x\n", errors);
    REQUIRE(errors.empty());
    const auto* original = tree.root()->first->next;
    const auto* alias = original->next->next;
    CHECK(alias->first == original->first);
    CHECK(alias->where.line == 1);
    CHECK(alias->next == nullptr);
}

TEST_CASE("an empty document is a null value") {
    for (const char* text : {"", "# only a comment\n", "---\n"}) {
        yaml_tree tree;
        problems errors;
        tree.parse(text, errors);
        REQUIRE(tree.root() != nullptr);
        CHECK(tree.root()->type == node::kind::null);
    }
}

TEST_CASE("what is no single plain document is refused with its place") {
    CHECK(problems_of("a: 1\n---\nb: 2\n") ==
          lines{"c:2:1: a second document begins here; the configuration is one"});
    CHECK(problems_of("a: !secret x") ==
          lines{"c:1:4: tags are not supported; put text that begins with \"!\" in quotes"});
    CHECK(problems_of("a: !!map {}").size() == 1);
    CHECK(problems_of("- !x [a]").size() == 1);
    CHECK(problems_of("a: &x [*x]") == lines{"c:1:8: an alias may not stand inside of what it stands for"});
    CHECK(problems_of("a: \"b") == lines{"c:1:6: not valid YAML: a quote is opened and not closed"});
    CHECK(problems_of("a: b\n\xFF") == lines{"c:2:1: not UTF-8 text, or a control character"});
    CHECK(problems_of("a: *hunter2")[0].find("hunter2") == std::string::npos);
}

TEST_CASE("a quote that swallows the rest of the file is found, which the parser does not") {
    const lines unclosed{"c:1:4: not valid YAML: a quote is opened here and not closed"};
    CHECK(problems_of("a: \"b\nc: d\n") == unclosed);
    CHECK(problems_of("a: 'b\nc: d\n") == unclosed);
    CHECK(problems_of("a: 'it''s\n") == unclosed);
    CHECK(problems_of("a: \"b\\\"\nc: d\n") == unclosed);
    for (const char* text : {"a: 'b'\n", "a: 'b'''\n", "a: \"b\\\"\"\n", "a: \"\"\n", "a: ''\nb: c\n",
                             "a: |\n  'x\n", "a: 'b\n  c'\n"})
        CHECK(problems_of(text).empty());
}

TEST_CASE("depth is bounded") {
    const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
    CHECK(problems_of(nested(32)).empty());
    CHECK(problems_of(nested(33)) == lines{"c:1:33: nested too deeply"});
    CHECK(problems_of(std::string(100'000, '[')).size() == 1);
    CHECK(problems_of(std::string(100'000, '{')).size() == 1);
    std::string blocks;
    for (int i = 0; i < 1'000; ++i)
        blocks += "- ";
    CHECK(problems_of(blocks).size() == 1);
}

TEST_CASE("how far the scanner reads ahead is bounded, and so is its memory") {
    const auto json = [](std::size_t items) {
        std::string text = "[";
        while (items-- > 0)
            text += "xxxxxxx,";
        return text + "x]";
    };
    CHECK(problems_of(json(400'000)).empty());
    CHECK(problems_of("a: b\n? " + json(600'000)) ==
          lines{"c:1:4: more than 4 MiB in one piece from here on; write lists and mappings on lines of their "
                "own, not "
                "all within one pair of brackets"});
    CHECK(problems_of("a:\n  - [b]\n" + std::string(8'000'000, ' ') + "\n  - c\n").size() == 1);
}

TEST_CASE("what aliases expand to is bounded, and takes no memory") {
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 20; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j)
            bomb += (j == 0 ? "*a" : ",*a") + std::to_string(i - 1);
        bomb += "]\n";
    }
    CHECK(problems_of(bomb) == lines{"c:7:26: more than 5 million values, with what the aliases stand for"});
}
