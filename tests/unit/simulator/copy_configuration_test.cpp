#include "config/load.hpp"
#include "simulator/copy_configuration.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>

using namespace tunnelkeyd::simulator;
using tunnelkeyd::core::config;
namespace core = tunnelkeyd::core;
namespace fs = std::filesystem;

namespace {

config loaded(const std::string& text) {
    auto found =
        tunnelkeyd::config::load_text(text, "config.yaml", [](const char*) -> const char* { return nullptr; });
    CAPTURE(text, found.errors);
    REQUIRE(found.value);
    return *found.value;
}

core::base_url url(const std::string& text) {
    return *core::parse_base_url(text);
}

struct fixture {
    std::string copy_of(const std::string& text) { return copy_of(text, loaded(text)); }
    std::string copy_of(const std::string& text, const config& real) {
        return copy_configuration(text, real, aim, secrets);
    }
    [[nodiscard]] core::secret_reference made_up(const std::string& name) const {
        return {core::secret_reference::source::file, own / name};
    }

    tunnelkeyd::support::temporary_directory own;
    made_up_secrets secrets{own.path()};
    copy_aim aim{
        {"https://localhost:8442", "https://localhost:8443", "", "/sim/ca.pem", {}}, "/sim", "127.0.0.1:8444"};
};

std::string with_tunnels(const std::string& tunnels, const std::string& defaults = "") {
    return "version: 1\norganizations: [{name: acme, id: o1, api_key: {file: /real/key}}]\n" + defaults +
           "tunnels:\n" + tunnels;
}

const std::string everything = R"(# An administrator's own words
version: 1
state: {directory: /var/lib/real, sealing_key: {credential: sealing-key}}
health: {listen: "[::1]:9000", gap_failing_after: 7m, overdue_failing_after: 48h}
control: {socket: /run/real/control.sock}
log: {level: debug, format: json}
cloud:
  url: https://cloud.real.example
  max_in_flight: 3
  timeout: {connect: 1s, request: 2s}
  tls: {ca_file: /etc/ssl/real.pem, server_name: inner.real.example, min_version: "1.3"}
organizations:
  - {name: acme, id: org-1, api_key: {file: /etc/real/secrets/acme-key}, api_key_expires: 2031-03-01}
  - {name: other, id: org-2, api_key: {credential: other-key}}
defaults:
  organization: acme
  schedule: {every: 30d, jitter: 6h}
  instance:
    auth: {bearer: {file: /etc/real/secrets/all-pat}, expires: 2031-01-31}
    timeout: {connect: 3s, request: 4s}
    tls: {ca_file: /etc/ssl/private.pem}
  retry: {calm: {initial: 1s, max: 2s}, urgent: {initial: 3s, max: 4s}, slow: {initial: 5s, max: 6s}, settle: 7s}
tunnels:
  - name: jira
    hostname: E5E9E8F0-d429-4cb9-80bc-2f02cb91f587
    instance: {url: https://jira.real.example/jira/}
    schedule: {windows: [{days: [sat, sun], from: "01:00", to: "05:00"}]}
  - name: Wiki_2
    organization: other
    hostname: https://wiki.tunnel.real.example
    instance:
      url: https://wiki.real.example:8090
      auth: {basic: {username: rotator, password: {env: WIKI_PASSWORD}}}
      on_premise_url: https://wiki.real.example:8090/
      tls: {server_name: wiki.inner.real.example, min_version: "1.3"}
      preflight: {status: false, credentials: false, every: never}
    schedule: {cron: "0 3 * * sat", time_zone: Europe/Berlin, jitter: 30m, first: now}
)";

}  // namespace

TEST_CASE_METHOD(fixture, "a copy points at the simulator, and is the same configuration else") {
    auto expected = loaded(everything);
    const auto copy = loaded(copy_of(everything));

    expected.state = {"/sim/state", std::nullopt};
    expected.health.listen = core::listen_address{"127.0.0.1", 8444};
    expected.control.socket = "/sim/control.sock";
    expected.cloud.url = url("https://localhost:8442");
    expected.cloud.proxy = {};
    expected.cloud.tls = {"/sim/ca.pem", "", core::tls_version::v1_3};
    expected.organizations[0].api_key = made_up("acme-key");
    expected.organizations[1].api_key = made_up("other-key");
    auto& jira = expected.tunnels[0];
    jira.organization = expected.organizations[0];
    jira.instance.url = url("https://localhost:8443/jira/jira");
    jira.instance.auth = core::bearer_auth{made_up("all-pat")};
    jira.instance.tls.ca_file = "/sim/ca.pem";
    auto& wiki = expected.tunnels[1];
    wiki.organization = expected.organizations[1];
    wiki.instance.url = url("https://localhost:8443/Wiki_2");
    wiki.instance.on_premise_url = wiki.instance.url;
    wiki.instance.auth = core::basic_auth{"rotator", made_up("WIKI_PASSWORD")};
    wiki.instance.tls = {"/sim/ca.pem", "", core::tls_version::v1_3};
    REQUIRE(copy == expected);
}

TEST_CASE_METHOD(fixture, "nothing in a copy names a real file or a real server") {
    const auto copy = copy_of(everything);
    for (const auto* real :
         {"/etc/", "/var/", "/run/", "9000", "cloud.real", "jira.real", "wiki.real", "inner"})
        CHECK_THAT(copy, !Catch::Matchers::Contains(real));
}

TEST_CASE_METHOD(fixture, "the least of configurations gets all that a copy needs") {
    const auto copy = loaded(copy_of("version: 1\n"));
    REQUIRE(copy.state.directory == "/sim/state");
    REQUIRE(copy.control.socket == "/sim/control.sock");
    REQUIRE(copy.cloud.url == url("https://localhost:8442"));
    REQUIRE(copy.cloud.tls.ca_file == "/sim/ca.pem");
    REQUIRE(core::to_string(*copy.health.listen) == "127.0.0.1:8444");
}

TEST_CASE_METHOD(fixture, "what a later version adds is kept, but for secrets and TLS files in it") {
    const auto known =
        with_tunnels("- {name: jira, hostname: h, instance: {url: https://j.example, auth: {bearer: "
                     "{file: /real/pat}}}}\n");
    const auto text = known + R"(
notify:
  - {on: [gap_open, held], webhook: {url: {file: /real/webhook}}, quietly: "yes", retries: 0x10}
cloud: {relay: {url: "http://relay:3128", password: {env: RELAY_PASSWORD}}}
defaults: {instance: {tls: {client_certificate: /real/c.pem, client_key: /real/k.pem, ciphers: modern}}}
)";
    const auto copy = YAML::Load(copy_of(text, loaded(known)));
    const auto notify = copy["notify"][0];
    REQUIRE(notify["on"].as<std::vector<std::string>>() == std::vector<std::string>{"gap_open", "held"});
    REQUIRE(notify["webhook"]["url"]["file"].as<std::string>() == made_up("webhook").value);
    REQUIRE(notify["quietly"].Tag() == "!");  // quoted still
    REQUIRE(notify["retries"].as<std::string>() == "0x10");
    REQUIRE(copy["cloud"]["relay"]["url"].as<std::string>() == "http://relay:3128");
    REQUIRE(copy["cloud"]["relay"]["password"]["file"].as<std::string>() == made_up("RELAY_PASSWORD").value);
    const auto tls = copy["defaults"]["instance"]["tls"];
    REQUIRE(tls["ciphers"].as<std::string>() == "modern");
    REQUIRE(tls["ca_file"].as<std::string>() == "/sim/ca.pem");
    REQUIRE(tls.size() == 2);
}

TEST_CASE_METHOD(fixture, "a copy goes through no proxy") {
    const auto copy = loaded(copy_of(R"(
version: 1
organizations: [{name: acme, id: o, api_key: {env: KEY}}]
cloud: {proxy: {url: "http://proxy:3128", username: u, password: {env: PROXY_PASSWORD}}}
defaults: {instance: {proxy: {url: "http://proxy:3128"}}}
tunnels:
  - {name: jira, hostname: h, instance: {url: https://j.example, proxy: environment, auth: {bearer: {env: PAT}}}}
  - {name: wiki, hostname: w, instance: {url: https://w.example, auth: {bearer: {env: PAT}}}}
)"));
    CHECK(copy.cloud.proxy.from == core::proxy_settings::source::none);
    for (const auto& each : copy.tunnels)
        CHECK(each.instance.proxy.from == core::proxy_settings::source::none);
}

TEST_CASE_METHOD(fixture, "a copy of what aliases stand for is changed in each place by itself") {
    const auto copy = loaded(copy_of(with_tunnels(R"(
  - {name: a, hostname: a, instance: {url: https://a.example, tls: &tls {server_name: x.example}, auth: &auth {bearer: {env: PAT}}}}
  - {name: b, hostname: b, instance: {url: https://b.example, tls: *tls, auth: *auth}}
)")));
    for (const auto& each : copy.tunnels) {
        CHECK(each.instance.url == url("https://localhost:8443/" + each.name));
        CHECK(each.instance.auth == core::instance_auth(core::bearer_auth{made_up("PAT")}));
        CHECK(each.instance.tls.ca_file == "/sim/ca.pem");
        CHECK(each.instance.tls.server_name.empty());
    }
}

TEST_CASE_METHOD(fixture, "instances with one context path on two servers stay two") {
    const auto copy = loaded(copy_of(with_tunnels(R"(
  - {name: old, hostname: a, instance: {url: https://old.example/x/jira, auth: {bearer: {env: A}}}}
  - {name: new, hostname: b, instance: {url: https://new.example/x/jira, auth: {bearer: {env: B}}}}
)")));
    REQUIRE(copy.tunnels[0].instance.url == url("https://localhost:8443/old/x/jira"));
    REQUIRE(copy.tunnels[1].instance.url == url("https://localhost:8443/new/x/jira"));
}

TEST_CASE_METHOD(fixture,
                 "an on-premise URL is the simulated one of the instance that it names, or its tunnel's own") {
    const auto real =
        with_tunnels(R"(
  - {name: a, hostname: a, instance: {url: https://a.example/x, on_premise_url: "https://B.example:443"}}
  - {name: b, hostname: b, instance: {url: https://b.example, on_premise_url: https://public.example}}
  - {name: c, hostname: c, instance: {url: https://c.example}}
)",
                     "defaults: {instance: {auth: {bearer: {env: A}}, on_premise_url: https://c.example}}\n");
    const auto text = copy_of(real);
    CHECK_THAT(text, !Catch::Matchers::Contains(".example"));
    const auto copy = loaded(text);
    REQUIRE(copy.tunnels[0].instance.on_premise_url == url("https://localhost:8443/b"));
    REQUIRE(copy.tunnels[1].instance.on_premise_url == url("https://localhost:8443/b"));
    REQUIRE(copy.tunnels[2].instance.on_premise_url == url("https://localhost:8443/c"));
}

TEST_CASE_METHOD(fixture, "without health endpoints there are none in the copy") {
    aim.health_listen = "";
    REQUIRE_FALSE(loaded(copy_of("version: 1\nhealth: {listen: none}\n")).health.listen);
}
