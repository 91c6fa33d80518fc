#include "config/load.hpp"
#include "support.hpp"
#include "support/places.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

TEST_CASE("the shipped example is read without error or warning") {
    const auto result = load_file(support::project_file("config/config.example.yaml"), no_environment());
    REQUIRE(result.errors == lines{});
    REQUIRE(result.warnings == lines{});
    REQUIRE(result.value);
    REQUIRE(result.value->tunnels.size() == 2);
    CHECK(result.value->organizations[0].api_key_expires == core::parse_date("2027-03-01"));
    CHECK(result.value->tunnels[0].instance.auth_expires == core::parse_date("2027-01-31"));
    CHECK(result.value->tunnels[0].hostname == "e5e9e8f0-d429-4cb9-80bc-2f02cb91f587");
    CHECK(result.value->tunnels[1].schedule.jitter == std::chrono::hours(6));
    CHECK(result.value->tunnels[1].schedule.every == std::chrono::days(7));
}

TEST_CASE("the values that the example calls defaults are the defaults") {
    const auto example =
        *load_file(support::project_file("config/config.example.yaml"), no_environment()).value;
    const auto bare = good(with_tunnel(""));
    CHECK(example.state == bare.state);
    CHECK(example.health == bare.health);
    CHECK(example.log == bare.log);
    CHECK(example.cloud == bare.cloud);
    CHECK(example.tunnels[0].retry == bare.tunnels[0].retry);
    CHECK(example.tunnels[0].instance.preflight == bare.tunnels[0].instance.preflight);
    CHECK(example.tunnels[0].instance.timeout == bare.tunnels[0].instance.timeout);
}

TEST_CASE("a file that cannot be read is one error with its name") {
    const scratch files;
    const auto error_of = [&](const std::string& name) {
        const auto result = load_file(files.path(name), no_environment());
        REQUIRE_FALSE(result.value);
        REQUIRE(result.errors.size() == 1);
        return result.errors[0];
    };
    CHECK(error_of("absent") ==
          files.path("absent") +
              ": cannot be opened: No such file or directory; write it, or name another one");
    std::filesystem::create_symlink("nowhere", files.path("link"));
    CHECK(error_of("link") == files.path("link") +
                                  ": cannot be opened: No such file or directory (it is a symbolic link that "
                                  "leads nowhere); write it, or name another one");
    CHECK(error_of("") == files.path("") + ": cannot be opened: Not a regular file");
    files.write("huge", "");
    std::filesystem::resize_file(files.path("huge"), 64 * 1024 * 1024 + 1);
    CHECK(error_of("huge") == files.path("huge") + ": larger than 64 MiB");
    files.write("empty", "");
    CHECK(error_of("empty") ==
          files.path("empty") + ":1:1: nothing stands in this file; begin with \"version: 1\"");
}

TEST_CASE("all errors come at once, in the file's order") {
    CHECK(errors("versoin: 1\n"
                 "log: {level: loud}\n"
                 "organizations: [{name: acme, id: o1, api_key: {file: /k}}]\n"
                 "tunnels:\n"
                 "  - name: jira\n"
                 "    hostname: h1\n"
                 "    instance: {url: https://a, auth: {bearer: {file: pat}}}\n"
                 "    schedule:\n"
                 "      evry: 30d\n"
                 "defaults: {retry: {settle: 2d}}\n") ==
          lines{
              "c:1:1: version: is missing; write \"version: 1\"",
              "c:1:1: versoin: unknown key; did you mean \"version\"?",
              "c:2:14: log.level: \"loud\" is not known; allowed: trace, debug, info, warn, error",
              "c:7:54: tunnels[0].instance.auth.bearer.file: a text that is not shown, as it may be a secret, "
              "must "
              "be an absolute path: /...",
              "c:9:7: tunnels[0].schedule.evry: unknown key; did you mean \"every\"?",
              "c:10:28: defaults.retry.settle: \"2d\" is out of range; allowed: 0s to 1d",
          });
}

TEST_CASE("a byte order mark is skipped and stands in no column") {
    CHECK(good("\xEF\xBB\xBF{version: 1}").tunnels.empty());
    CHECK(errors("\xEF\xBB\xBF{x: 1, version: 1}").front().starts_with("c:1:2: x: unknown key"));
}

TEST_CASE("of very many errors the first hundred are shown") {
    std::string text = "version: 1\n";
    for (int i = 0; i < 5'000; ++i)
        text += "x" + std::to_string(i) + ": 1\n";
    const auto found = errors(text);
    REQUIRE(found.size() == 101);
    CHECK(found[0].starts_with("c:2:1: x0: unknown key"));
    CHECK(found[100] == "c: 5000 errors in all, of which the first 100 are shown");
}

TEST_CASE("a file without a word of a socket need not be read to know where commands go") {
    const scratch files;
    const std::pair<const char*, bool> cases[] = {{"version: 1\n", false},
                                                  {"version: 1\ncontrol: {socket: /run/x}\n", true},
                                                  {"version: 1\ncontrol: {\"soc\\x6bet\": /run/x}\n", true}};
    for (const auto& [text, may] : cases) {
        INFO(text);
        files.write("config.yaml", text);
        CHECK(may_name_control_socket(files.path("config.yaml")) == may);
    }
    CHECK(may_name_control_socket(files.path("nowhere.yaml")));
}
