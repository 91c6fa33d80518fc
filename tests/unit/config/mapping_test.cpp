#include "config/mapping.hpp"
#include "support.hpp"

using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

namespace {

/// The problems of a map whose known keys are `every`, `first` and `password`.
lines problems_of(std::string_view text) {
    yaml_tree tree;
    problems errors;
    tree.parse(text, errors);
    REQUIRE(tree.root() != nullptr);
    const field top{tree.root(), {}, &errors};
    mapping map(top);
    map.require("every", "write 30d");
    map.find("first");
    if (const auto password = map.find("password")) {
        mapping inner(*password);
        inner.find("file");
        inner.finish();
    }
    map.finish();
    return errors.texts("c", text);
}

}  // namespace

TEST_CASE("known keys are found, and nothing is reported") {
    CHECK(problems_of("every: 1\nfirst: 2\npassword: {file: x}").empty());
    CHECK(problems_of("{\"every\": 1}").empty());
}

TEST_CASE("an unknown key is reported with what was meant, or what is allowed") {
    CHECK(problems_of("every: 1\nfrist: 2") == lines{"c:2:1: frist: unknown key; did you mean \"first\"?"});
    CHECK(problems_of("every: 1\ncron: 2") ==
          lines{"c:2:1: cron: unknown key; allowed: every, first, password"});
    CHECK(problems_of("every: 1\n" + std::string(100, 'k') + ": 2") ==
          lines{"c:2:1: unknown key; allowed: every, first, password"});
}

TEST_CASE("under a secret's name an unknown key is not shown, as it may be the secret") {
    CHECK(problems_of("every: 1\npassword: {hunter2}") ==
          lines{"c:2:12: password: unknown key; allowed: file"});
    CHECK(problems_of("every: 1\npassword: {flie: /x}") ==
          lines{"c:2:12: password.flie: unknown key; did you mean \"file\"?"});
    CHECK(problems_of("every: 1\npassword: {expires: x}") ==
          lines{"c:2:12: password.expires: unknown key; allowed: file"});
}

TEST_CASE("a duplicate key is reported at its second place") {
    CHECK(problems_of("every: 1\nfirst: 2\nevery: 1") ==
          lines{"c:3:1: every: duplicate key; it stands on line 1 already"});
}

TEST_CASE("a key without a value is reported at the key") {
    CHECK(problems_of("every:\nfirst: ~\n") ==
          lines{"c:1:1: every: has no value; write one, or leave the key out",
                "c:2:1: first: has no value; write one, or leave the key out"});
}

TEST_CASE("a missing key is reported at the map that wants it") {
    CHECK(problems_of("first: 1") == lines{"c:1:1: every: is missing; write 30d"});
}

TEST_CASE("merge keys and keys that are no words are refused clearly") {
    CHECK(problems_of("every: 1\n<<: {first: 2}") ==
          lines{"c:2:1: merge keys (\"<<\") are not supported; write common fields into \"defaults\""});
    CHECK(problems_of("every: 1\n? [a]\n: b") == lines{"c:2:3: a key must be a word"});
    CHECK(problems_of("every: 1\n\"\": b") == lines{"c:2:1: a key must be a word"});
    CHECK(problems_of("every: 1\n~: b") == lines{"c:2:1: a key must be a word"});
}

TEST_CASE("what is no map is reported once, without being shown") {
    CHECK(problems_of("hunter2") == lines{"c:1:1: must be a mapping (\"key: value\"), not a text"});
    CHECK(problems_of("[every]") == lines{"c:1:1: must be a mapping (\"key: value\"), not a list"});
}

TEST_CASE("a text in a message is short and has no control characters") {
    CHECK(shown("abc") == "\"abc\"");
    CHECK(shown("a\nb\x1B") == "\"a?b?\"");
    CHECK(shown(std::string(100, 'x')) == "a text of 100 bytes");
}
