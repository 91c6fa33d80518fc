#include "config/read_config.hpp"
#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using namespace std::chrono_literals;
using source = core::secret_reference::source;

TEST_CASE("a configuration without tunnels is valid, and every default is filled in") {
    for (const char* text : {"version: 1", "version: 1\ntunnels: []\norganizations: []", "{\"version\": 1}"}) {
        const auto settings = good(text);
        CHECK(settings.state.directory == "/var/lib/tunnelkeyd");
        CHECK_FALSE(settings.state.sealing_key);
        CHECK(settings.control.socket == "/run/tunnelkeyd/control.sock");
        CHECK(settings.log.level == core::log_level::info);
        CHECK(settings.log.format == core::log_format::automatic);
        CHECK(settings.health == core::health_settings{{{"127.0.0.1", 9847}}, 5min, 24h});
        CHECK(settings.cloud.url.text() == "https://api.atlassian.com");
        CHECK(settings.cloud.max_in_flight == 8);
        CHECK(settings.cloud.requests_per_minute == 300);
        CHECK(settings.cloud.timeout.connect == 10s);
        CHECK(settings.cloud.timeout.request == 60s);
        CHECK(settings.cloud.tls == core::tls_settings{});
        CHECK(settings.organizations.empty());
        CHECK(settings.tunnels.empty());
    }
}

TEST_CASE("every field of the daemon's own settings is read") {
    const auto settings = good("version: 1\n"
                               "state: {directory: /srv/keys, sealing_key: {credential: sealing-key}}\n"
                               "log: {level: trace, format: json}\n"
                               "cloud:\n"
                               "  url: https://api.example.com/base\n"
                               "  max_in_flight: 64\n"
                               "  requests_per_minute: 20\n"
                               "  timeout: {connect: 1s, request: 2s}\n"
                               "  tls: {ca_file: /ca.pem, server_name: x.example.com, min_version: '1.3'}\n");
    CHECK(settings.state.directory == "/srv/keys");
    CHECK(settings.state.sealing_key == core::secret_reference{source::credential, "sealing-key"});
    CHECK(settings.log.level == core::log_level::trace);
    CHECK(settings.log.format == core::log_format::json);
    CHECK(settings.cloud.url.text() == "https://api.example.com/base");
    CHECK(settings.cloud.max_in_flight == 64);
    CHECK(settings.cloud.requests_per_minute == 20);
    CHECK(settings.cloud.timeout == core::timeouts{1s, 2s});
    CHECK(settings.cloud.tls == core::tls_settings{"/ca.pem", "x.example.com", core::tls_version::v1_3});
}

TEST_CASE("a version that is not known is refused") {
    CHECK(errors("version: 2") == lines{"c:1:10: version: \"2\" is not known; allowed: 1"});
    CHECK(errors("log: {}") == lines{"c:1:1: version: is missing; write \"version: 1\""});
    CHECK(errors("version:") == lines{"c:1:1: version: has no value; write one, or leave the key out"});
}

TEST_CASE("what is to come later is an unknown key or value until then") {
    CHECK(errors("version: 1\nalerts: {}") ==
          lines{"c:2:1: alerts: unknown key; allowed: version, state, health, control, log, cloud, "
                "organizations, defaults, tunnels"});
    CHECK(errors("version: 1\nlog: {format: syslog}") ==
          lines{"c:2:15: log.format: \"syslog\" is not known; allowed: auto, text, json, journald"});
    const auto found = errors("version: 1\nnotify: []");
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("unknown key") != std::string::npos);
}

TEST_CASE("a tunnel finds its organization by name, and needs none where there is one") {
    CHECK(good(with_tunnel("")).tunnels[0].organization.id == "o1");
    const std::string two =
        "version: 1\n"
        "organizations: [{name: a, id: o1, api_key: {file: /k}}, {name: b, id: o2, api_key: "
        "{env: K}}]\n";
    const std::string instance = "instance: {url: https://x, auth: {bearer: {file: /p}}}";
    const auto settings = good(two + "tunnels: [{name: t, hostname: h, organization: b, " + instance + "}]");
    CHECK(settings.tunnels[0].organization == core::organization{"b", "o2", {source::env, "K"}});
    CHECK(
        errors(two + "tunnels: [{name: t, hostname: h, " + instance + "}]") ==
        lines{
            "c:3:11: tunnels[0].organization: is missing; it may be left out only where there is exactly one; "
            "there are: a, b"});
    CHECK(errors(two + "tunnels: [{name: t, hostname: h, organization: c, " + instance + "}]") ==
          lines{"c:3:48: tunnels[0].organization: there is no organization \"c\"; there are: a, b"});
    CHECK(errors(two + "defaults: {organization: c}\ntunnels: [{name: t, hostname: h, " + instance + "}]") ==
          lines{"c:3:26: defaults.organization: there is no organization \"c\"; there are: a, b"});
    CHECK(good(two + "defaults: {organization: a}\ntunnels: [{name: t, hostname: h, " + instance + "}]")
              .tunnels[0]
              .organization.id == "o1");
    CHECK(errors("version: 1\ntunnels: [{name: t, hostname: h, " + instance + "}]") ==
          lines{"c:2:10: organizations: is missing or empty, and each tunnel belongs to one"});
}

TEST_CASE("an organization that could not be read draws no errors after it") {
    CHECK(errors("version: 1\n"
                 "organizations: [{name: a b, id: o1, api_key: {file: /k}}]\n"
                 "tunnels: [{name: t, hostname: h, instance: {url: https://x, auth: {bearer: {file: /p}}}}]")
              .size() == 1);
    CHECK(errors("version: 1\norganizations: none\n"
                 "tunnels: [{name: t, hostname: h, instance: {url: https://x, auth: {bearer: {file: /p}}}}]") ==
          lines{"c:2:16: organizations: must be a list (lines that begin with \"- \"), not a text"});
    CHECK(errors("version: 1\norganizations:\n"
                 "tunnels: [{name: t, hostname: h, instance: {url: https://x, auth: {bearer: {file: /p}}}}]") ==
          lines{"c:2:1: organizations: has no value; write one, or leave the key out"});
}

TEST_CASE("an organization says its name, id and API key") {
    CHECK(errors("version: 1\norganizations: [{}]") ==
          lines{"c:2:17: organizations[0].name: is missing; each organization needs one, for people",
                "c:2:17: organizations[0].id: is missing; it stands in the organization's URL at "
                "admin.atlassian.com",
                "c:2:17: organizations[0].api_key: is missing; write {file: PATH}"});
    CHECK(errors("version: 1\norganizations: [{name: a, id: ../b, api_key: {file: /k}}]") ==
          lines{"c:2:31: organizations[0].id: \"../b\" must be 1 to 128 letters, digits, \".\", \"_\" or "
                "\"-\", and "
                "begin with a letter or digit"});
    CHECK(good("version: 1\norganizations: [{name: a, id: " + std::string(128, 'x') + ", api_key: {file: /k}}]")
              .organizations.size() == 1);
}

TEST_CASE("an organization may say when its API key ends") {
    const auto with = [](const std::string& day) {
        return "version: 1\norganizations: [{name: a, id: b, api_key: {file: /k}, api_key_expires: " + day +
               "}]";
    };
    CHECK(good(with("2027-03-01")).organizations[0].api_key_expires == core::parse_date("2027-03-01"));
    CHECK(good(with("'2027-03-01'")).organizations[0].api_key_expires == core::parse_date("2027-03-01"));
    CHECK_FALSE(good(with_organization("")).organizations[0].api_key_expires);
    CHECK(errors(with("2027-02-29")) ==
          lines{"c:2:72: organizations[0].api_key_expires: \"2027-02-29\" is not a day of the calendar; write "
                "it as YYYY-MM-DD, as 2027-01-31"});
}

TEST_CASE("what may be used once only is refused at its second place") {
    CHECK(errors("version: 1\n"
                 "organizations:\n"
                 "  - {name: a, id: o1, api_key: {file: /k}}\n"
                 "  - {name: a, id: o2, api_key: {file: /k}}\n"
                 "  - {name: b, id: o1, api_key: {file: /k}}\n") ==
          lines{"c:4:12: organizations[1].name: \"a\" is taken by organizations[0] on line 3",
                "c:5:19: organizations[2].id: \"o1\" is taken by organizations[0] on line 3"});
    CHECK(errors(with_organization(
              "defaults: {instance: {auth: {bearer: {file: /p}}}}\n"
              "tunnels:\n"
              "  - {name: jira, hostname: h1, instance: {url: https://x.example.com/jira}}\n"
              "  - {name: jira, hostname: h2, instance: {url: https://y}}\n"
              "  - {name: a, hostname: https://H1.example.com, instance: {url: https://z}}\n"
              "  - {name: b, hostname: h3, instance: {url: HTTPS://X.example.com:443/jira/}}\n")) ==
          lines{"c:6:12: tunnels[1].name: \"jira\" is taken by tunnels[0] on line 5",
                "c:7:25: tunnels[2].hostname: \"h1\" of this organization is taken by tunnels[0] on line 5",
                "c:8:45: tunnels[3].instance.url: this instance is taken by tunnels[0] on line 5"});
    CHECK(errors(with_organization(
              "defaults: {instance: {auth: {bearer: {file: /p}}}}\n"
              "tunnels:\n"
              "  - {name: a, hostname: h1, instance: {url: 'https://[2001:db8::7]'}}\n"
              "  - {name: b, hostname: h2, instance: {url: 'https://[2001:db8:0:0::7]'}}\n"
              "  - {name: c, hostname: h3, instance: {url: 'https://[2001:DB8::0007]:443'}}\n")) ==
          lines{"c:6:45: tunnels[1].instance.url: this instance is taken by tunnels[0] on line 5",
                "c:7:45: tunnels[2].instance.url: this instance is taken by tunnels[0] on line 5"});
}

TEST_CASE("two organizations may have tunnels with one hostname") {
    CHECK(
        good("version: 1\n"
             "organizations: [{name: a, id: o1, api_key: {file: /k}}, {name: b, id: o2, api_key: {file: /k}}]\n"
             "defaults: {instance: {auth: {bearer: {file: /p}}}}\n"
             "tunnels:\n"
             "  - {name: t, hostname: h, organization: a, instance: {url: https://x}}\n"
             "  - {name: u, hostname: h, organization: b, instance: {url: https://y}}\n")
            .tunnels.size() == 2);
}

TEST_CASE("lists must be lists") {
    CHECK(errors("version: 1\ntunnels:\n  -name: x\n") ==
          lines{"c:3:3: tunnels: must be a list (lines that begin with \"- \"), not a mapping"});
    CHECK(errors(with_organization("tunnels: [x]")) ==
          lines{"c:3:11: tunnels[0]: must be a mapping (\"key: value\"), not a text"});
}
