#include "core/proxy.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace tunnelkeyd;
using Catch::Matchers::Contains;
using source = core::proxy_settings::source;

namespace {

using variables = std::map<std::string, std::string>;

core::proxy_route route(const std::string& url, const core::proxy_settings& settings,
                        const variables& with = {}) {
    const auto lookup = [&with](const std::string& name) -> std::optional<core::secret> {
        const auto found = with.find(name);
        return found == with.end() ? std::nullopt
                                   : std::optional<core::secret>(std::string_view(found->second));
    };
    return core::find_route(*core::parse_base_url(url), settings, lookup);
}

std::string by_environment(const variables& with, const std::string& url = "https://api.example.com") {
    return core::describe(route(url, {source::environment}, with));
}

}  // namespace

TEST_CASE("without a proxy, or with one in the configuration, the environment does not count") {
    const variables with{{"HTTPS_PROXY", "http://other:1"}, {"NO_PROXY", "*"}};
    CHECK_FALSE(route("https://x", {source::none}, with).proxy);
    core::proxy_settings fixed{source::configuration, *core::parse_base_url("http://proxy:3128")};
    const auto found = route("https://x", fixed, with);
    REQUIRE(found.proxy);
    CHECK(core::describe(found) == "http://proxy:3128");
}

TEST_CASE("plain http, which is on this machine, takes no proxy") {
    core::proxy_settings fixed{source::configuration, *core::parse_base_url("http://proxy:3128")};
    CHECK_FALSE(route("http://127.0.0.1:8080", fixed).proxy);
    CHECK_FALSE(route("http://127.0.0.1:8080", {source::environment}, {{"https_proxy", "socks5://x"}}).proxy);
}

TEST_CASE("of the environment's proxies the first counts that is set, lower case before upper case") {
    CHECK(by_environment({}) ==
          "no proxy: none of $HTTPS_PROXY, $https_proxy, $ALL_PROXY and $all_proxy is set");
    CHECK(by_environment({{"HTTP_PROXY", "http://p:1"}, {"http_proxy", "http://p:1"}}).starts_with("no proxy"));
    variables with{{"ALL_PROXY", "http://p:4"}};
    CHECK(by_environment(with) == "http://p:4 ($ALL_PROXY)");
    with["all_proxy"] = "http://p:3";
    CHECK(by_environment(with) == "http://p:3 ($all_proxy)");
    with["HTTPS_PROXY"] = "http://p:2";
    CHECK(by_environment(with) == "http://p:2 ($HTTPS_PROXY)");
    with["https_proxy"] = "";
    CHECK(by_environment(with) == "http://p:2 ($HTTPS_PROXY)");
    with["https_proxy"] = "http://p:1";
    CHECK(by_environment(with) == "http://p:1 ($https_proxy)");
}

TEST_CASE("NO_PROXY says where the environment's proxy is not for, and the route says by which entry") {
    variables with{{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "localhost,.example.com"}};
    CHECK(by_environment(with) == "no proxy: $NO_PROXY has .example.com");
    CHECK(by_environment(with, "https://example.net") == "http://p:1 ($HTTPS_PROXY)");
    with["no_proxy"] = "example.net";
    CHECK(by_environment(with) == "http://p:1 ($HTTPS_PROXY)");
    CHECK(by_environment(with, "https://example.net") == "no proxy: $no_proxy has example.net");
}

TEST_CASE("an unusable HTTPS_PROXY is a problem that names it, unless the target needs none") {
    variables with{{"HTTPS_PROXY", "socks5://user:hush@p:1"}};
    const auto found = route("https://api.example.com", {source::environment}, with);
    CHECK_THAT(found.problem, Contains("$HTTPS_PROXY is no http:// proxy") && Contains("http://HOST:PORT"));
    CHECK_FALSE(found.proxy);
    CHECK_THAT(core::describe(found), !Contains("hush"));
    with["NO_PROXY"] = "example.com";
    CHECK(route("https://api.example.com", {source::environment}, with).problem.empty());
}

TEST_CASE("the login in HTTPS_PROXY is kept, and told to nobody") {
    const auto found =
        route("https://api.example.com", {source::environment}, {{"HTTPS_PROXY", "http://user:hush@p:1"}});
    REQUIRE(found.login);
    CHECK(found.login->reveal() == "user:hush");
    CHECK(core::describe(found) == "http://p:1 ($HTTPS_PROXY)");
}
