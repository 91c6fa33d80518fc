#include "config/print.hpp"
#include "support.hpp"
#include "support/places.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

TEST_CASE("the printed configuration shows every default and no more") {
    CHECK(print(good(with_tunnel(""))) ==
          "version: 1\n"
          "state:\n"
          "  directory: /var/lib/tunnelkeyd\n"
          "health: {listen: \"127.0.0.1:9847\", gap_failing_after: 5m, "
          "overdue_failing_after: 1d}\n"
          "control:\n"
          "  socket: /run/tunnelkeyd/control.sock\n"
          "log: {level: info, format: auto}\n"
          "cloud:\n"
          "  url: https://api.atlassian.com\n"
          "  max_in_flight: 8\n"
          "  requests_per_minute: 300\n"
          "  timeout: {connect: 10s, request: 1m}\n"
          "  proxy: environment\n"
          "  tls: {min_version: \"1.2\"}\n"
          "organizations:\n"
          "  - name: acme\n"
          "    id: o1\n"
          "    api_key: {file: /k}\n"
          "tunnels:\n"
          "  - name: jira\n"
          "    organization: acme\n"
          "    hostname: h1\n"
          "    instance:\n"
          "      url: https://jira.example.com/jira\n"
          "      auth: {bearer: {file: /pat}}\n"
          "      timeout: {connect: 10s, request: 1m}\n"
          "      proxy: none\n"
          "      tls: {min_version: \"1.2\"}\n"
          "      preflight: {status: true, credentials: true, every: 1d}\n"
          "    schedule: {every: 30d, time_zone: UTC, jitter: 0s, first: wait, windows: []}\n"
          "    retry:\n"
          "      calm: {initial: 30s, max: 1h}\n"
          "      urgent: {initial: 1s, max: 1m}\n"
          "      slow: {initial: 1m, max: 15m}\n"
          "      settle: 10m\n");
    CHECK(print(good("version: 1")).ends_with("organizations: []\ntunnels: []\n"));
}

TEST_CASE("what is printed reads back as an equal configuration") {
    const auto round_trip = [](const core::config& settings) {
        const auto text = print(settings);
        INFO(text);
        CHECK(good(text) == settings);
    };
    round_trip(good("version: 1"));
    round_trip(*load_file(support::project_file("config/config.example.yaml"), no_environment()).value);
    round_trip(good(
        "version: 1\n"
        "state: {directory: '/srv/a b: c #d', sealing_key: {env: KEY}}\n"
        "health: {listen: none, gap_failing_after: 0s}\n"
        "control: {socket: '/srv/a: b.sock'}\n"
        "log: {level: error, format: journald}\n"
        "cloud: {url: 'http://[::1]:8080/x', max_in_flight: 1, proxy: {url: 'http://[::1]:80', username: 'a "
        "b', password: {env: P}}, tls: {server_name: '::1'}}\n"));
}

TEST_CASE("days and never are printed as they are written") {
    const auto settings =
        good("version: 1\n"
             "health: {listen: '[::1]:0'}\n"
             "organizations: [{name: a, id: o1, api_key: {file: /k}, api_key_expires: 2027-03-01}]\n"
             "tunnels:\n"
             "  - name: t\n"
             "    hostname: h\n"
             "    instance: {url: https://x, auth: {bearer: {file: /p}, expires: 2027-01-31}, "
             "preflight: {every: never}}\n");
    const auto text = print(settings);
    INFO(text);
    for (const char* part :
         {"  api_key_expires: \"2027-03-01\"\n", "{bearer: {file: /p}, expires: \"2027-01-31\"}",
          "every: never}", "{listen: \"[::1]:0\","})
        CHECK(text.find(part) != std::string::npos);
    CHECK(good(text) == settings);
}

TEST_CASE("texts that YAML would take for something else keep their type") {
    for (const std::string text : {"null", "true", "no", "Off", "123", "1e5", "0x10", "1.5", "12-30", "y"}) {
        const auto settings = good("version: 1\norganizations: [{name: '" + text + "', id: '" + text +
                                   "', api_key: {credential: '" + text + "'}}]");
        const auto printed = print(settings);
        INFO(printed);
        CHECK(printed.find("name: \"" + text + "\"\n") != std::string::npos);
        CHECK(good(printed) == settings);
    }
    for (const std::string text : {"it's", "a\\b", "say \"x\"", "- x", "{x}", "J\xC3\xBCrgen", "a #b", "#x",
                                   "*x", "&x", "!x", "%x", "@x", "`x", "|", ">", "\xC2\x85x", "\xE2\x80\xA8"}) {
        auto settings = good(with_tunnel(""));
        settings.tunnels[0].instance.auth =
            core::basic_auth{text, {core::secret_reference::source::file, "/p/" + text}};
        INFO(print(settings));
        CHECK(good(print(settings)) == settings);
    }
}
