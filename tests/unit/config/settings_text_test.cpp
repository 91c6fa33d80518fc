#include "core/settings_text.hpp"
#include "support.hpp"
#include "support/places.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config::testing;

TEST_CASE("a tunnel's snapshot reads back as exactly this tunnel and its organization") {
    const auto settings =
        *config::load_file(support::project_file("config/config.example.yaml"), no_environment()).value;
    for (const auto& tunnel : settings.tunnels) {
        const auto text = core::settings_text(tunnel);
        INFO(text);
        const auto again = good(text);
        REQUIRE(again.tunnels.size() == 1);
        CHECK(again.tunnels[0] == tunnel);
        REQUIRE(again.organizations.size() == 1);
        CHECK(again.organizations[0] == tunnel.organization);
        CHECK(text.find('\n') == std::string::npos);
    }
}

TEST_CASE("a snapshot keeps texts of every kind") {
    using source = core::secret_reference::source;
    auto tunnel = good(with_tunnel("")).tunnels[0];
    for (const auto& text :
         std::initializer_list<std::string>{"plain", "it's", "a\\b", "say \"x\"", "J\xC3\xBCrgen",
                                            "x, {z} [#] ?", "null", std::string(1'024, 'x')}) {
        tunnel.instance.auth = core::basic_auth{text, {source::file, "/" + text}};
        tunnel.organization.api_key = {source::file, "/" + text};
        CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
    }
}

TEST_CASE("a snapshot keeps when credentials end and how often they are tried") {
    auto tunnel = good(with_tunnel("")).tunnels[0];
    tunnel.organization.api_key_expires = core::parse_date("2027-03-01");
    tunnel.instance.auth_expires = core::parse_date("2027-01-31");
    tunnel.instance.preflight.every.reset();
    CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
}

TEST_CASE("a snapshot keeps the way to the instance, with the reference to its password") {
    auto tunnel = good(with_tunnel("")).tunnels[0];
    tunnel.instance.proxy = {core::proxy_settings::source::environment};
    CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
    tunnel.instance.proxy = {core::proxy_settings::source::configuration,
                             *core::parse_base_url("http://[::1]:80"), "a b",
                             core::secret_reference{core::secret_reference::source::credential, "proxy"}};
    CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
}

TEST_CASE("a snapshot keeps a client certificate with its key and the reference to that one's password") {
    auto tunnel = good(with_tunnel("")).tunnels[0];
    tunnel.instance.tls.client_certificate = "/c.pem";
    CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
    tunnel.instance.tls.client_key = "/k.pem";
    tunnel.instance.tls.client_key_password = core::secret_reference{core::secret_reference::source::env, "P"};
    CHECK(good(core::settings_text(tunnel)).tunnels[0] == tunnel);
}

TEST_CASE("a snapshot of an earlier version, without what is new, is read with its defaults") {
    const auto tunnel = good(with_tunnel("")).tunnels[0];
    auto text = core::settings_text(tunnel);
    const std::string added = R"(,"every":"1d"})";
    text.replace(text.find(added), added.size(), "}");
    const std::string proxy = R"("proxy":"none",)";
    text.erase(text.find(proxy), proxy.size());
    CHECK(good(text).tunnels[0] == tunnel);
}

TEST_CASE("a snapshot is compact JSON with every default written out") {
    CHECK(core::settings_text(good(with_tunnel("")).tunnels[0]) ==
          R"({"version":1,"organizations":[{"name":"acme","id":"o1","api_key":{"file":"/k"}}],)"
          R"("tunnels":[{"name":"jira","organization":"acme","hostname":"h1",)"
          R"("instance":{"url":"https://jira.example.com/jira","auth":{"bearer":{"file":"/pat"}},)"
          R"("timeout":{"connect":"10s","request":"1m"},"proxy":"none","tls":{"min_version":"1.2"},)"
          R"("preflight":{"status":true,"credentials":true,"every":"1d"}},)"
          R"("schedule":{"every":"30d","time_zone":"UTC","jitter":"0s","first":"wait","windows":[]},)"
          R"("retry":{"calm":{"initial":"30s","max":"1h"},"urgent":{"initial":"1s","max":"1m"},)"
          R"("slow":{"initial":"1m","max":"15m"},"settle":"10m"}}]})");
}
