#include "core/guard.hpp"
#include "settings_fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using kind = guard_finding::kind;

namespace {

guard_finding check(const tunnel& settings, std::string_view on_premise_url) {
    return check_guards(settings, on_premise_url, [](const base_url& url) -> std::optional<std::string> {
        return url == *parse_base_url("https://wiki.example.com") ? std::optional<std::string>("wiki")
                                                                  : std::nullopt;
    });
}

tunnel strict(std::string_view url) {
    auto settings = testing::example_tunnel();
    settings.instance.on_premise_url = parse_base_url(url);
    return settings;
}

}  // namespace

TEST_CASE("a reply that names the tunnel's own instance, however it is spelt, is clear") {
    for (const char* url : {"https://jira.example.com/jira", "HTTPS://JIRA.example.com:443/jira/"}) {
        CHECK(check(testing::example_tunnel(), url).what == kind::clear);
        CHECK(check(testing::example_tunnel(), url).message.empty());
    }
    CHECK(check(testing::example_tunnel(), "").what == kind::clear);
}

TEST_CASE("a reply that names another tunnel's instance holds the key") {
    for (const char* url : {"https://wiki.example.com", "https://WIKI.example.com:443/"}) {
        const auto finding = check(testing::example_tunnel(), url);
        CHECK(finding.what == kind::hold);
        CHECK(finding.message.find("\"wiki\"") != std::string::npos);
    }
    CHECK(check(strict("https://wiki.example.com"), "https://wiki.example.com").what == kind::hold);
}

TEST_CASE("a reply that merely differs from instance.url is a warning") {
    for (const char* url : {"https://10.0.0.5:8443/jira", "http://jira.example.com/jira",
                            "https://jira.example.com", "not a URL", "https://user@jira.example.com/jira"}) {
        const auto finding = check(testing::example_tunnel(), url);
        CAPTURE(url);
        CHECK(finding.what == kind::warn);
        CHECK_FALSE(finding.message.empty());
    }
}

TEST_CASE("a reply that differs from an explicit on_premise_url holds the key") {
    const auto settings = strict("https://10.0.0.5:8443/jira");
    for (const char* url : {"https://10.0.0.6:8443/jira", "https://jira.example.com/jira", "", "not a URL",
                            "https://10.0.0.5:8443"}) {
        const auto finding = check(settings, url);
        CAPTURE(url);
        CHECK(finding.what == kind::hold);
        CHECK(finding.message.find("instance.on_premise_url") != std::string::npos);
    }
    CHECK(check(settings, "https://10.0.0.5:8443/jira/").what == kind::clear);
}
