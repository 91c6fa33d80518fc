#include "config/read_values.hpp"
#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using namespace std::chrono_literals;

namespace {

/// Reads `text`, one YAML value, by `read_it(field, value)`: "" where it is taken, else the first error's text.
template <class T>
std::string problem_of(std::string_view text, T& value, auto&& read_it) {
    yaml_tree tree;
    problems errors;
    tree.parse(text, errors);
    REQUIRE(tree.root() != nullptr);
    const path top;
    const field from{tree.root(), {&top, "x"}, &errors};
    const bool taken = read_it(from, value);
    CHECK(taken == errors.empty());
    return taken ? "" : errors.texts("c", text).front().substr(std::string_view("c:1:1: x: ").size());
}

constexpr auto flag = [](const field& from, bool& into) { return read(from, into); };
constexpr auto number = [](const field& from, unsigned& into) { return read(from, into, 1, 1024); };
constexpr auto span = [](const field& from, core::duration& into) {
    return read(from, into, duration_limits{1ms, 1h});
};
constexpr auto url = [](const field& from, core::base_url& into) { return read(from, into); };
constexpr auto name = [](const field& from, std::string& into) { return read_name(from, into, 100); };
constexpr auto level = [](const field& from, core::log_level& into) {
    return read(from, into, core::log_level_words);
};

}  // namespace

TEST_CASE("a boolean is true or false and nothing else, whatever YAML 1.1 says") {
    bool value = false;
    CHECK(problem_of("true", value, flag).empty());
    CHECK(value);
    CHECK(problem_of("false", value, flag).empty());
    CHECK_FALSE(value);
    CHECK(problem_of("yes", value, flag) ==
          "\"yes\" is neither true nor false; write one of them, in lower case and without quotes");
    for (const char* text : {"no", "on", "off", "True", "TRUE", "1", "'true'", "\"false\"", "[true]", "{}"})
        CHECK_FALSE(problem_of(text, value, flag).empty());
}

TEST_CASE("a number is decimal digits within its limits") {
    unsigned value = 0;
    CHECK(problem_of("1", value, number).empty());
    CHECK(problem_of("1024", value, number).empty());
    CHECK(value == 1024);
    CHECK(problem_of("010", value, number) ==
          "\"010\" is not a whole number from 1 to 1024, in decimal digits, "
          "without quotes or leading zeros");
    for (const char* text : {"0", "1025", "-1", "+1", "1.0", "1e2", "0x10", "0o17", "1_000", "'8'", "8 ,",
                             "eight", "99999999999999999999", "[8]"})
        CHECK_FALSE(problem_of(text, value, number).empty());
    CHECK(value == 1024);
}

TEST_CASE("a duration has units and limits") {
    core::duration value{0};
    CHECK(problem_of("1m30s", value, span).empty());
    CHECK(value == 90s);
    CHECK(problem_of("30", value, span) == "\"30\" is not a duration; write numbers with their units, from "
                                           "large to small: 500ms, 90s, 15m, 12h, 30d, "
                                           "1h30m");
    CHECK(problem_of("0s", value, span) == "\"0s\" is out of range; allowed: 1ms to 1h");
    CHECK(problem_of("61m", value, span) == "\"61m\" is out of range; allowed: 1ms to 1h");
    CHECK(problem_of("[1s]", value, span) == "must be a duration, not a list");
    for (const char* text : {"-5s", "5 s", "1.5h", "''", "never"})
        CHECK_FALSE(problem_of(text, value, span).empty());
}

TEST_CASE("a URL is https, or http to a loopback address") {
    core::base_url value;
    CHECK(problem_of("https://Jira.example.com:443/jira/", value, url).empty());
    CHECK(value.text() == "https://jira.example.com/jira");
    CHECK(problem_of("http://127.0.0.1:8080", value, url).empty());
    CHECK(problem_of("http://[::1]:8080", value, url).empty());
    CHECK(problem_of("http://localhost/x", value, url).empty());
    CHECK(
        problem_of("http://jira.example.com", value, url) ==
        "http:// would send keys and credentials in the clear; use https:// (http:// is for loopback addresses "
        "only)");
    for (const char* text : {"https://192.0.2.7.example.com", "https://192.0.2.7.example.com:8443/jira",
                             "http://127.0.0.1.example.com", "https://192.0.2.7x"})
        CHECK(problem_of(text, value, url) == "a host's name that begins with four numbers, as an address "
                                              "does, is not taken; use another name of "
                                              "this server");
    for (const char* text : {"https://192.0.2.7:x", "https://1.2.3.a b", "https://a b/192.0.2.7.x"})
        CHECK(problem_of(text, value, url) == "not a URL of a server: https://HOST[:PORT][/CONTEXT]");
    CHECK(problem_of("https://1.2.3.example.com", value, url).empty());
    CHECK(problem_of("jira.example.com", value, url) == "a URL begins with https://");
    CHECK(problem_of("https://rotator:hunter2@jira.example.com", value, url) ==
          "the URL may have no user, password, query or fragment");
    CHECK(problem_of("https://jira.example.com/?token=hunter2", value, url) ==
          "the URL may have no user, password, query or fragment");
    CHECK(problem_of("https://jira.example.com:99999", value, url) ==
          "has port 99999, and ports go from 1 to 65535");
    CHECK_THAT(problem_of("https://m\xc3\xbcller.example", value, url), Catch::Contains("xn--"));
    CHECK_THAT(problem_of("https://[fe80::1%25eth0]", value, url), Catch::Contains("zone"));
    CHECK(problem_of("{host: x}", value, url) == "must be a URL, not a mapping");
    for (const char* text : {"ftp://x", "https://", "https://x:0", "https://a b", "''"})
        CHECK_FALSE(problem_of(text, value, url).empty());
}

TEST_CASE("a name is safe in URLs, file names and metrics") {
    std::string value;
    for (const auto& text :
         std::initializer_list<std::string>{"jira", "Jira-2.prod_x", "7", "true", std::string(100, 'a')}) {
        CHECK(problem_of(text, value, name).empty());
        CHECK(value == text);
    }
    CHECK(problem_of("a b", value, name) ==
          "\"a b\" must be 1 to 100 letters, digits, \".\", \"_\" or \"-\", and "
          "begin with a letter or digit");
    for (const auto& text :
         std::initializer_list<std::string>{"''", "..", "-a", ".a", "a/b", "'a\"b'", "\"a\\nb\"",
                                            "J\xC3\xBCrgen", "a:b", std::string(101, 'a')})
        CHECK_FALSE(problem_of(text, value, name).empty());
}

TEST_CASE("a tunnel's hostname is one DNS label, alone or at the head of its link URL") {
    std::string value;
    const std::pair<std::string, std::string> good_ones[] = {
        {"e5e9e8f0-d429-4cb9-80bc-2f02cb91f587", "e5e9e8f0-d429-4cb9-80bc-2f02cb91f587"},
        {"https://e5e9e8f0.tunnel.example.com/path?x=1", "e5e9e8f0"},
        {"https://e5e9e8f0:8443/", "e5e9e8f0"},
        {"http://one", "one"},
        {"UPPER", "upper"},
        {std::string(63, 'a'), std::string(63, 'a')},
    };
    for (const auto& [text, label] : good_ones) {
        CHECK(problem_of(text, value, read_hostname).empty());
        CHECK(value == label);
    }
    CHECK(problem_of("jira.example.com", value, read_hostname) ==
          "\"jira.example.com\" is not the hostname of a tunnel: 1 to 63 letters, digits and hyphens, or its "
          "whole "
          "link URL with the https://");
    for (const auto& text :
         std::initializer_list<std::string>{"''", "-a", "a-", "a_b", "a/b", "..", "https://", "https://.x",
                                            "ftp://a.b", std::string(64, 'a'), "https://a%2e%2e/x"})
        CHECK_FALSE(problem_of(text, value, read_hostname).empty());
}

TEST_CASE("a path is absolute") {
    std::string value;
    CHECK(problem_of("/etc/ssl/a b.pem", value, read_path).empty());
    CHECK(problem_of("ca.pem", value, read_path) == "\"ca.pem\" must be an absolute path: /...");
    for (const char* text : {"''", "~/x", "\"/a\\nb\"", "[/x]", "$HOME/x"})
        CHECK_FALSE(problem_of(text, value, read_path).empty());
}

TEST_CASE("a host is a name or an address, and nothing around it") {
    std::string value;
    for (const std::string text : {"jira.internal", "10.0.0.1", "\"::1\""})
        CHECK(problem_of(text, value, read_host).empty());
    for (const char* text :
         {"https://x", "x:443", "x/y", "''", "a b", "user@x", "\"[::1]\"", "x:", "x?y", "x#y"}) {
        INFO(text);
        CHECK_FALSE(problem_of(text, value, read_host).empty());
    }
}

TEST_CASE("an environment variable's name is one") {
    std::string value;
    CHECK(problem_of("JIRA_PAT2", value, read_variable_name).empty());
    for (const char* text : {"''", "2X", "A-B", "A=B", "$A"})
        CHECK_FALSE(problem_of(text, value, read_variable_name).empty());
}

TEST_CASE("a word of a fixed set is suggested where it is misspelt") {
    auto value = core::log_level::info;
    CHECK(problem_of("trace", value, level).empty());
    CHECK(value == core::log_level::trace);
    CHECK(problem_of("wran", value, level) ==
          "\"wran\" is not known; allowed: trace, debug, info, warn, error; did you mean \"warn\"?");
    CHECK(problem_of("Info", value, level) ==
          "\"Info\" is not known; allowed: trace, debug, info, warn, error; did you mean \"info\"?");
    CHECK(problem_of("[info]", value, level) == "must be one word, not a list");
}
