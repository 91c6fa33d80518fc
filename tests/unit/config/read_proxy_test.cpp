#include "config/read_proxy.hpp"
#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using Catch::Matchers::Contains;
using source = core::proxy_settings::source;

namespace {

core::proxy_settings cloud_proxy(const std::string& text) {
    return good("version: 1\ncloud: {proxy: " + text + "}\n").cloud.proxy;
}

lines cloud_errors(const std::string& text) {
    return errors("version: 1\ncloud: {proxy: " + text + "}\n");
}

}  // namespace

TEST_CASE("the cloud is reached as the environment says, an instance directly, unless something else is said") {
    const auto settings = good(with_tunnel(""));
    CHECK(settings.cloud.proxy == core::proxy_settings{source::environment});
    CHECK(settings.tunnels[0].instance.proxy == core::proxy_settings{source::none});
    CHECK(cloud_proxy("none") == core::proxy_settings{source::none});
    CHECK(cloud_proxy("environment") == core::proxy_settings{source::environment});
}

TEST_CASE("a proxy has a URL, and a user with a password or neither") {
    const auto proxy = cloud_proxy("{url: 'http://Proxy.Corp:3128/', username: x, password: {file: /p}}");
    CHECK(proxy.from == source::configuration);
    CHECK(proxy.url == *core::parse_base_url("http://proxy.corp:3128"));
    CHECK(proxy.username == "x");
    CHECK(proxy.password == core::secret_reference{core::secret_reference::source::file, "/p"});
    CHECK_FALSE(cloud_proxy("{url: 'http://[::1]:80'}").password);
    for (const char* half : {"username: x", "password: {file: /p}"})
        CHECK_THAT(cloud_errors("{url: 'http://p:1', " + std::string(half) + "}")[0],
                   Contains("belong together"));
}

TEST_CASE("what is no proxy is refused with a remedy, and without a password in it") {
    const auto [text, why] = GENERATE(table<std::string, std::string>({
        {"direct", "cloud.proxy: \"direct\" is not known; allowed: none, environment"},
        {"'http://user:hush@p:1'",
         "cloud.proxy: must be none, environment, or a mapping: {url: \"http://HOST:PORT\"}"},
        {"[]", "cloud.proxy: must be one word"},
        {"{}", "cloud.proxy.url: is missing"},
        {"{url: 'http://user:hush@p:1'}", "beside it username and password"},
        {"{url: 'http://p'}", "has no port"},
        {"{url: 'http://p:80800'}", "cloud.proxy.url: has port 80800, and ports go from 1 to 65535"},
        {"{url: 'https://p:1'}", "no http:// proxy"},
        {"{url: 'p:3128'}", "begins with no http://"},
        {"{url: 'http://p:1', username: 'a:b', password: {env: P}}", "may not contain a colon"},
        {"{url: 'http://p:1', username: a, password: hush}", "must be a reference to a secret"},
        {"{url: 'http://p:1', pasword: {env: P}}", "did you mean \"password\"?"},
    }));
    INFO(text);
    const auto found = cloud_errors(text);
    CHECK_THAT(found[0], Contains(why));
    for (const auto& line : found)
        CHECK_THAT(line, !Contains("hush"));
}

TEST_CASE("a tunnel's proxy replaces the default one as a whole") {
    const auto settings = good(with_organization(R"(
defaults: {instance: {auth: {bearer: {file: /x}}, proxy: {url: 'http://p:1', username: x, password: {env: P}}}}
tunnels:
  - {name: a, hostname: a, instance: {url: https://a}}
  - {name: b, hostname: b, instance: {url: https://b, proxy: none}}
  - {name: c, hostname: c, instance: {url: https://c, proxy: {url: 'http://q:2'}}}
)"));
    CHECK(settings.tunnels[0].instance.proxy.username == "x");
    CHECK(settings.tunnels[1].instance.proxy == core::proxy_settings{source::none});
    CHECK(settings.tunnels[2].instance.proxy ==
          core::proxy_settings{source::configuration, *core::parse_base_url("http://q:2")});
}

TEST_CASE("a bad variable is an error once, with the setting that uses it, and only where one does") {
    const auto settings = good(with_tunnel("", "      proxy: environment\n"));
    const variables bad{{{"https_proxy", "socks5://user:hush@p:1"}}};
    const auto found = environment_errors(settings, bad.lookup());
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0], Contains("cloud.proxy is environment, and $https_proxy is no http:// proxy") &&
                             Contains("or none") && !Contains("hush"));
    CHECK(environment_errors(good("version: 1\ncloud: {proxy: none}\n"), bad.lookup()).empty());
    const variables excepted{{{"https_proxy", "socks5://p:1"}, {"no_proxy", "*"}}};
    CHECK(environment_errors(settings, excepted.lookup()).empty());
    CHECK(environment_errors(settings, no_environment()).empty());
}

TEST_CASE("what the environment chose is told for each side that it is asked for, without secrets") {
    const variables with{{{"HTTPS_PROXY", "http://user:hush@p:1"}, {"NO_PROXY", "jira.example.com"}}};
    CHECK(environment_routes(good(with_tunnel("")), with.lookup()) ==
          lines{"cloud.proxy: http://p:1 ($HTTPS_PROXY)"});
    CHECK(environment_routes(good(with_tunnel("", "      proxy: environment\n")), with.lookup()) ==
          lines{"cloud.proxy: http://p:1 ($HTTPS_PROXY)",
                "tunnels[0].instance.proxy: no proxy: $NO_PROXY has jira.example.com"});
}
