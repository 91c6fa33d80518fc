#include "config/read_tunnel.hpp"
#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using namespace std::chrono_literals;
using source = core::secret_reference::source;

namespace {

core::tunnel tunnel_of(const std::string& text) {
    const auto settings = good(text);
    REQUIRE(settings.tunnels.size() == 1);
    return settings.tunnels[0];
}

std::string error_of(const std::string& text) {
    const auto found = errors(text);
    INFO(found.back());
    REQUIRE(found.size() == 1);
    return found[0];
}

}  // namespace

TEST_CASE("the smallest tunnel gets every default") {
    const auto tunnel = tunnel_of(with_tunnel(""));
    CHECK(tunnel.name == "jira");
    CHECK(tunnel.hostname == "h1");
    CHECK(tunnel.instance.url.text() == "https://jira.example.com/jira");
    CHECK(tunnel.instance.auth == core::instance_auth(core::bearer_auth{{source::file, "/pat"}}));
    CHECK_FALSE(tunnel.instance.on_premise_url);
    CHECK(tunnel.instance.timeout == core::timeouts{10s, 60s});
    CHECK(tunnel.instance.tls == core::tls_settings{});
    CHECK(tunnel.instance.preflight == core::preflight_checks{true, true, 24h});
    CHECK_FALSE(tunnel.instance.auth_expires);
    CHECK(tunnel.schedule == core::schedule{std::chrono::days(30), 0s, core::first_rotation::wait});
    CHECK(tunnel.retry.calm == core::backoff_limits{30s, 1h});
    CHECK(tunnel.retry.urgent == core::backoff_limits{1s, 60s});
    CHECK(tunnel.retry.slow == core::backoff_limits{1min, 15min});
    CHECK(tunnel.retry.settle == 10min);
}

TEST_CASE("every field of a tunnel is read") {
    const auto tunnel =
        tunnel_of(with_tunnel("    organization: acme\n"
                              "    schedule: {every: 7d, jitter: 1h30m, first: now}\n"
                              "    retry:\n"
                              "      calm: {initial: 1s, max: 2s}\n"
                              "      urgent: {initial: 3s, max: 4s}\n"
                              "      slow: {initial: 5s, max: 6s}\n"
                              "      settle: 0s\n",
                              "      on_premise_url: https://jira.example.com/other\n"
                              "      timeout: {connect: 1s, request: 2s}\n"
                              "      tls: {ca_file: /ca.pem, server_name: j.x, min_version: 1.3}\n"
                              "      preflight: {status: false, credentials: false, every: 1h}\n"));
    CHECK(tunnel.schedule == core::schedule{std::chrono::days(7), 90min, core::first_rotation::now});
    CHECK(tunnel.retry == core::retry_policy{{1s, 2s}, {3s, 4s}, {5s, 6s}, 0s});
    REQUIRE(tunnel.instance.on_premise_url);
    CHECK(tunnel.instance.on_premise_url->text() == "https://jira.example.com/other");
    CHECK(tunnel.instance.timeout == core::timeouts{1s, 2s});
    CHECK(tunnel.instance.tls == core::tls_settings{"/ca.pem", "j.x", core::tls_version::v1_3});
    CHECK(tunnel.instance.preflight == core::preflight_checks{false, false, 1h});
}

TEST_CASE("secrets are referred to by file, credential or environment") {
    const auto auth_of = [](const std::string& auth) {
        return tunnel_of(
                   with_organization(
                       "tunnels: [{name: t, hostname: h, instance: {url: https://x, auth: " + auth + "}}]"))
            .instance.auth;
    };
    CHECK(auth_of("{bearer: {credential: pat}}") ==
          core::instance_auth(core::bearer_auth{{source::credential, "pat"}}));
    CHECK(auth_of("{bearer: {env: PAT}}") == core::instance_auth(core::bearer_auth{{source::env, "PAT"}}));
    CHECK(auth_of("{basic: {username: rotator, password: {file: /p}}}") ==
          core::instance_auth(core::basic_auth{"rotator", {source::file, "/p"}}));
}

TEST_CASE("a tunnel's fields win over the defaults one by one, its auth as a whole") {
    const auto settings =
        good(with_organization("defaults:\n"
                               "  schedule: {every: 7d, jitter: 6h}\n"
                               "  retry: {calm: {initial: 1m}, settle: 1m}\n"
                               "  instance:\n"
                               "    auth: {basic: {username: rotator, password: {file: /p}}}\n"
                               "    timeout: {request: 5s}\n"
                               "    tls: {ca_file: /ca.pem}\n"
                               "    preflight: {status: false}\n"
                               "tunnels:\n"
                               "  - {name: a, hostname: a, instance: {url: https://a}}\n"
                               "  - name: b\n"
                               "    hostname: b\n"
                               "    schedule: {every: 1d}\n"
                               "    retry: {calm: {max: 2h}}\n"
                               "    instance:\n"
                               "      url: https://b\n"
                               "      auth: {bearer: {env: B}}\n"
                               "      timeout: {connect: 1s}\n"
                               "      tls: {server_name: x}\n"
                               "      preflight: {credentials: false, status: true}\n"));
    const auto& a = settings.tunnels[0];
    const auto& b = settings.tunnels[1];
    CHECK(a.schedule == core::schedule{std::chrono::days(7), 6h});
    CHECK(b.schedule == core::schedule{std::chrono::days(1), 6h});
    CHECK(a.retry.calm == core::backoff_limits{1min, 1h});
    CHECK(b.retry.calm == core::backoff_limits{1min, 2h});
    CHECK(b.retry.settle == 1min);
    CHECK(a.instance.auth == core::instance_auth(core::basic_auth{"rotator", {source::file, "/p"}}));
    CHECK(b.instance.auth == core::instance_auth(core::bearer_auth{{source::env, "B"}}));
    CHECK(a.instance.timeout == core::timeouts{10s, 5s});
    CHECK(b.instance.timeout == core::timeouts{1s, 5s});
    CHECK(b.instance.tls == core::tls_settings{"/ca.pem", "x"});
    CHECK(a.instance.preflight == core::preflight_checks{false, true});
    CHECK(b.instance.preflight == core::preflight_checks{true, false});
}

TEST_CASE("name, hostname and instance.url have no default") {
    CHECK(errors(with_organization("defaults: {name: a, hostname: b, instance: {url: https://x}}")) ==
          lines{"c:3:18: defaults.name: stands in each tunnel, not in the defaults",
                "c:3:31: defaults.hostname: stands in each tunnel, not in the defaults",
                "c:3:50: defaults.instance.url: stands in each tunnel, not in the defaults"});
}

TEST_CASE("what a tunnel has to say is missed") {
    CHECK(errors(with_organization("tunnels: [{}, {name: t, hostname: h, instance: {}}]")) ==
          lines{"c:3:11: tunnels[0].name: is missing; each tunnel needs one",
                "c:3:11: tunnels[0].hostname: is missing; each tunnel needs one",
                "c:3:11: tunnels[0].instance: is missing; write {url: https://HOST/CONTEXT} at least",
                "c:3:48: tunnels[1].instance.url: is missing; each tunnel needs one",
                "c:3:48: tunnels[1].instance.auth: is missing; write {bearer: {file: PATH}} here or in the "
                "defaults"});
}

TEST_CASE("what is to come later is an unknown key of a tunnel until then") {
    CHECK(error_of(with_tunnel("    notify: true\n")).find("unknown key") != std::string::npos);
}

TEST_CASE("a client certificate, its key and that one's password are read together") {
    const auto tls_of = [](const std::string& text) {
        return tunnel_of(with_tunnel("", "      tls: {" + text + "}\n")).instance.tls;
    };
    const auto all = tls_of("client_certificate: /c.pem, client_key: /k.pem, client_key_password: {env: P}");
    CHECK(all.client_certificate == "/c.pem");
    CHECK(all.client_key == "/k.pem");
    CHECK(all.client_key_password == core::secret_reference{source::env, "P"});
    CHECK(tls_of("client_certificate: /both.pem").client_key.empty());
    for (const char* field : {"client_key: /k.pem", "client_key_password: {file: /p}"})
        CHECK(error_of(with_tunnel("", std::string("      tls: {") + field + "}\n"))
                  .find("is of no use without client_certificate") != std::string::npos);
    CHECK(error_of(with_tunnel("", "      tls: {client_certificate: /c, client_key_password: geheim}\n"))
              .find("must be a reference to a secret") != std::string::npos);
}

TEST_CASE("a tunnel's own client certificate does not get the key of the defaults") {
    const auto settings =
        good(with_organization("defaults:\n"
                               "  instance:\n"
                               "    auth: {bearer: {env: B}}\n"
                               "    tls: {ca_file: /ca, client_certificate: /c, client_key: /k, "
                               "client_key_password: {env: P}}\n"
                               "tunnels:\n"
                               "  - {name: a, hostname: a, instance: {url: https://a}}\n"
                               "  - {name: b, hostname: b, instance: {url: https://b, tls: "
                               "{client_certificate: /both}}}\n"));
    CHECK(settings.tunnels[0].instance.tls.client_key == "/k");
    CHECK(settings.tunnels[0].instance.tls.client_key_password);
    const auto& own = settings.tunnels[1].instance.tls;
    CHECK(own == core::tls_settings{"/ca", "", core::tls_version::v1_2, "/both", "", std::nullopt});
}

TEST_CASE("a preflight in the background comes every so often or never") {
    const auto every = [](const std::string& text) {
        return tunnel_of(with_tunnel("", "      preflight: {every: " + text + "}\n")).instance.preflight.every;
    };
    CHECK(every("1m") == 1min);
    CHECK(every("30d") == std::chrono::days(30));
    CHECK_FALSE(every("never"));
    CHECK(error_of(with_tunnel("", "      preflight: {every: 59s}\n"))
              .ends_with("\"59s\" is out of range; allowed: 1m to 36525d, or never"));
    CHECK(
        error_of(with_tunnel("", "      preflight: {every: no}\n"))
            .ends_with("\"no\" is not a duration; write numbers with their units, from large to small: 500ms, "
                       "90s, 15m, 12h, 30d, 1h30m, or never"));
}

TEST_CASE("authentication may say when it ends, and a tunnel's own says so for itself") {
    const auto settings = good(
        with_organization("defaults: {instance: {auth: {bearer: {file: /x}, expires: 2027-01-31}}}\n"
                          "tunnels:\n"
                          "  - {name: a, hostname: a, instance: {url: https://a}}\n"
                          "  - {name: b, hostname: b, instance: {url: https://b, auth: {bearer: {file: /y}}}}\n"
                          "  - {name: c, hostname: c, instance: {url: https://c, auth: {expires: 2028-02-29, "
                          "basic: {username: u, "
                          "password: {file: /z}}}}}\n"));
    CHECK(settings.tunnels[0].instance.auth_expires == core::parse_date("2027-01-31"));
    CHECK_FALSE(settings.tunnels[1].instance.auth_expires);
    CHECK(settings.tunnels[2].instance.auth_expires == core::parse_date("2028-02-29"));
    CHECK(error_of(with_organization("defaults: {instance: {auth: {expires: 2027-01-31}}}")).find("must say") !=
          std::string::npos);
    CHECK(
        error_of(with_organization("defaults: {instance: {auth: {bearer: {file: /x}, expires: 31.1.2027}}}")) ==
        "c:3:59: defaults.instance.auth.expires: a text that is not shown, as it may be a secret, is not a day "
        "of the calendar; write it as YYYY-MM-DD, as 2027-01-31");
}

TEST_CASE("limits are checked") {
    const auto refused = [](const char* fields) { return !error_of(with_tunnel(fields)).empty(); };
    CHECK(refused("    schedule: {every: 0s}\n"));
    CHECK(refused("    schedule: {jitter: -1s}\n"));
    CHECK(refused("    retry: {urgent: {initial: 0s}}\n"));
    CHECK(refused("    retry: {urgent: {max: 25h}}\n"));
    CHECK(refused("    retry: {settle: 25h}\n"));
    CHECK(error_of(with_tunnel("    retry: {calm: {initial: 2h}}\n")) ==
          "c:6:19: tunnels[0].retry.calm: initial (2h) is longer than max (1h)");
    for (const char* timeout : {"{connect: 0s}", "{request: 0s}", "{connect: 61m}", "{request: 2h}"})
        CHECK_FALSE(error_of(with_tunnel("", "      timeout: " + std::string(timeout) + "\n")).empty());
    CHECK(tunnel_of(with_tunnel("    schedule: {every: 1s, jitter: 1h}\n")).schedule.jitter == 1h);
}

TEST_CASE("authentication is one of two kinds") {
    const auto error = [](const std::string& auth) {
        return error_of(with_organization("defaults: {instance: {auth: " + auth + "}}"));
    };
    CHECK(error("{}") ==
          "c:3:29: defaults.instance.auth: must say {bearer: {file: PATH}} or {basic: {username: "
          "NAME, password: {file: PATH}}}");
    CHECK(error("{bearer: {file: /x}, basic: {username: u, password: {file: /y}}}") ==
          "c:3:29: defaults.instance.auth: \"bearer\" and \"basic\" are alternatives; keep one");
    CHECK(error("{basic: {username: u}}") ==
          "c:3:37: defaults.instance.auth.basic.password: is missing; write {file: PATH}");
    CHECK(error("{basic: {username: \"a:b\", password: {file: /y}}}")
              .ends_with("may not contain a colon (RFC 7617)"));
    CHECK(error("{bearer: {file: /x, env: Y}}") == "c:3:38: defaults.instance.auth.bearer: must say exactly "
                                                   "one of {file: PATH}, {credential: NAME} and {env: "
                                                   "NAME}");
    CHECK(error("{bearer: {}}").find("exactly one") != std::string::npos);
    CHECK(error("{bearer: {credential: a/b}}").find("letters, digits") != std::string::npos);
}

TEST_CASE("a plain string in a secret's place is refused with the remedy") {
    CHECK(error_of(with_organization("defaults: {instance: {auth: {bearer: hunter2}}}")) ==
          "c:3:38: defaults.instance.auth.bearer: must be a reference to a secret, not the secret itself; put "
          "it into "
          "a file that only the daemon may read, and write {file: PATH} (or {credential: NAME}, {env: NAME})");
}

TEST_CASE("no message shows a secret that somebody wrote into the file") {
    const std::string places[] = {
        "state: {sealing_key: SECRET}",
        "state: {sealing_key: {file: SECRET}}",
        "state: {sealing_key: {SECRET: x}}",
        "organizations: [{name: a, id: b, api_key: SECRET}]",
        "organizations: [{name: a, id: b, api_key: {file: SECRET}}]",
        "organizations: [{name: a, id: b, api_key: {credential: SECRET}}]",
        "organizations: [{name: a, id: b, api_key: {env: SECRET}}]",
        "organizations: [{name: a, id: b, api_key: {SECRET}}]",
        "organizations: [{name: a, id: b, api_key: [SECRET]}]",
        "organizations: [{name: a, id: b, api_key: {token: SECRET}}]",
        "organizations: [{name: a, id: b, api_key: {file: /x, SECRET: SECRET}}]",
        "organizations: [SECRET]",
        "organizations: SECRET",
        "defaults: {instance: {auth: SECRET}}",
        "defaults: {instance: {auth: [SECRET]}}",
        "defaults: {instance: {auth: {SECRET}}}",
        "defaults: {instance: {auth: {bearer: SECRET}}}",
        "defaults: {instance: {auth: {bearer: {SECRET}}}}",
        "defaults: {instance: {auth: {bearer: {file: SECRET}}}}",
        "defaults: {instance: {auth: {bearer: {file: [SECRET]}}}}",
        "defaults: {instance: {auth: {bearer: {value: SECRET}}}}",
        "defaults: {instance: {auth: {basic: SECRET}}}",
        "defaults: {instance: {auth: {basic: {username: SECRET}}}}",
        "defaults: {instance: {auth: {basic: {username: x, password: SECRET}}}}",
        "defaults: {instance: {auth: {basic: {username: x, password: {env: SECRET}}}}}",
        "defaults: {instance: {on_premise_url: 'https://x:SECRET@y'}}",
        "defaults: {instance: {on_premise_url: 'https://y/?t=SECRET'}}",
        "cloud: {url: 'https://x:SECRET@y'}",
        "password: SECRET",
        "password: *SECRET",
        "password: &SECRET [*SECRET",
        "password: !SECRET x",
        "password: \"\\SECRET",
        "password: %SECRET",
        "password: SECRET: SECRET",
        "%YAML SECRET\n---\npassword: x",
    };
    for (const std::string secret : {"hun/ter2", "hunter2 x", "-hunter2=", "hunter2+", "7hunter2-$"}) {
        for (auto text : places) {
            for (std::size_t at = 0; (at = text.find("SECRET", at)) != std::string::npos; at += secret.size())
                text.replace(at, 6, secret);
            const auto result = load(text.starts_with('%') ? text : "version: 1\n" + text);
            INFO(text);
            CHECK_FALSE(result.value);
            for (const auto& error : result.errors) {
                INFO(error);
                CHECK(error.find("ter2") == std::string::npos);
            }
        }
    }
}
