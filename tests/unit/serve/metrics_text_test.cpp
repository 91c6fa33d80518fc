#include "serve/metrics_registry.hpp"
#include "support/child_process.hpp"
#include "support/metrics_text.hpp"
#include "support/world.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using namespace std::chrono_literals;

namespace {

std::string text_of(const core::overview& seen) {
    return serve::metrics_registry().text(seen);
}

double seconds_of(core::wall_time at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

/// A name with all that must be escaped, bytes that are no UTF-8, and a name that is taken twice over.
core::overview strange_overview() {
    auto seen = some_overview();
    seen.tunnels.push_back(good_tunnel("a \"b\" \\ \n \x01 caf\xc3\xa9"));
    seen.tunnels.push_back(good_tunnel("bad \xff\xc3 bytes"));
    for (int i = 0; i < 3; ++i) {
        seen.tunnels.push_back(good_tunnel("jira"));
        seen.tunnels.back().settings.reset();
        seen.tunnels.back().configured = false;
        seen.tunnels.back().next.reset();
        seen.tunnels.back().problems = {problem_of(core::health::failing, "orphaned")};
    }
    seen.tunnels[0].problems.push_back(seen.tunnels[0].problems.front());
    seen.organizations.push_back(seen.organizations.front());
    seen.problems.front().remedy = "say \"yes\"\nor \xfe";
    return seen;
}

}  // namespace

TEST_CASE("what each tunnel is like is read off the overview") {
    const auto text = parse_metrics(text_of(some_overview()));
    CHECK(text.at("tunnelkeyd_rotations_total{tunnel=\"wiki\",result=\"installed\"}") == 3);
    CHECK(text.at("tunnelkeyd_rotations_total{tunnel=\"wiki\",result=\"refused\"}") == 1);
    CHECK(text.at("tunnelkeyd_rotations_total{tunnel=\"wiki\",result=\"preflight_failed\"}") == 0);
    CHECK(text.at("tunnelkeyd_rotations_total{tunnel=\"wiki\",result=\"store_failed\"}") == 0);
    CHECK(text.at("tunnelkeyd_key_gap_seconds{tunnel=\"jira\"}") == 600);
    CHECK(text.at("tunnelkeyd_key_gap_seconds{tunnel=\"wiki\"}") == 0);
    CHECK(text.count("tunnelkeyd_tunnel_state{") == 3);
    CHECK(text.at("tunnelkeyd_tunnel_state{tunnel=\"jira\",state=\"installing\"}") == 1);
    CHECK(text.at("tunnelkeyd_last_success_timestamp_seconds{tunnel=\"jira\"}") == seconds_of(noon() - 24h));
    CHECK(text.at("tunnelkeyd_next_rotation_timestamp_seconds{tunnel=\"jira\"}") ==
          seconds_of(noon() + 24h * 29));
    CHECK(text.at("tunnelkeyd_consecutive_failures{tunnel=\"wiki\"}") == 4);
    CHECK(text.at("tunnelkeyd_unconfirmed{tunnel=\"jira\"}") == 1);
    CHECK(text.at("tunnelkeyd_unconfirmed{tunnel=\"wiki\"}") == 0);
    CHECK(text.at("tunnelkeyd_instance_credential_expiry_timestamp_seconds{tunnel=\"jira\"}") ==
          seconds_of(noon() + 24h * 90));
    CHECK(text.at(
              "tunnelkeyd_instance_client_certificate_expiry_timestamp_seconds{tunnel=\"jira\",file=\"/etc/tls/"
              "rotator.pem\"}") == seconds_of(noon() + 24h * 60));
}

TEST_CASE("what is not known of a tunnel has no series") {
    auto seen = some_overview();
    seen.tunnels[1].last_success.reset();
    seen.tunnels[1].next.reset();
    seen.tunnels[1].settings.reset();
    seen.tunnels[1].client_certificate.reset();
    const auto text = parse_metrics(text_of(seen));
    CHECK(text.count("tunnelkeyd_last_success_timestamp_seconds{") == 2);
    CHECK(text.count("tunnelkeyd_next_rotation_timestamp_seconds{") == 2);
    CHECK(text.count("tunnelkeyd_instance_credential_expiry_timestamp_seconds{") == 2);
    CHECK(text.count("tunnelkeyd_instance_client_certificate_expiry_timestamp_seconds{") == 2);
}

TEST_CASE("a tunnel that is no longer in the overview has no series") {
    const serve::metrics_registry metrics;
    auto seen = some_overview();
    CHECK(metrics.text(seen).find("\"jira\"") != std::string::npos);
    seen.tunnels.erase(seen.tunnels.begin() + 1);
    CHECK(metrics.text(seen).find("\"jira\"") == std::string::npos);
    seen.tunnels.clear();
    seen.organizations.clear();
    seen.problems.clear();
    const auto text = metrics.text(seen);
    CHECK(text.find("tunnel=") == std::string::npos);
    CHECK(parse_metrics(text).at("tunnelkeyd_health") == 0);
}

TEST_CASE("the verdict, its problems, the configuration and the keys have their metrics") {
    auto seen = some_overview();
    const auto text = parse_metrics(text_of(seen));
    CHECK(text.at("tunnelkeyd_health") == 2);
    CHECK(text.at("tunnelkeyd_ready") == 1);
    CHECK(text.count("tunnelkeyd_problem{") == 5);
    CHECK(
        text.at("tunnelkeyd_problem{tunnel=\"jira\",code=\"gap_open\",severity=\"failing\",remedy=\"remedy of "
                "gap_open\"}") == 1);
    CHECK(text.count("tunnelkeyd_problem{organization=\"acme\",code=\"api_key_expiring\"") == 1);
    CHECK(text.count("tunnelkeyd_problem{code=\"reload_failed\"") == 1);
    CHECK(text.at("tunnelkeyd_config_last_reload_successful") == 0);
    CHECK(text.at("tunnelkeyd_config_last_reload_success_timestamp_seconds") == seconds_of(noon() - 24h));
    CHECK(text.at("tunnelkeyd_api_key_expiry_timestamp_seconds{organization=\"acme\"}") ==
          seconds_of(noon() + 24h * 20));
    CHECK(text.count("tunnelkeyd_build_info{version=\"") == 1);
    seen.not_ready = "starting";
    seen.reload.failed_at.reset();
    seen.organizations.front().api_key_expires.reset();
    seen.cloud_client_certificate = {"/etc/tls/cloud.pem", noon() + 24h * 20};
    seen.organizations.front().waiting_for_rate_limit = 3;
    const auto other = parse_metrics(text_of(seen));
    CHECK(other.at("tunnelkeyd_ready") == 0);
    CHECK(other.at("tunnelkeyd_config_last_reload_successful") == 1);
    CHECK(other.count("tunnelkeyd_api_key_expiry_timestamp_seconds") == 0);
    CHECK(text.count("tunnelkeyd_cloud_client_certificate_expiry_timestamp_seconds") == 0);
    CHECK(
        other.at("tunnelkeyd_cloud_client_certificate_expiry_timestamp_seconds{file=\"/etc/tls/cloud.pem\"}") ==
        seconds_of(noon() + 24h * 20));
    CHECK(text.at("tunnelkeyd_rate_limit_waiting{organization=\"acme\"}") == 0);
    CHECK(other.at("tunnelkeyd_rate_limit_waiting{organization=\"acme\"}") == 3);
}

TEST_CASE("every family has a type and a help text") {
    const auto text = parse_metrics(text_of(some_overview()));
    CHECK(text.types.size() > 20);
    for (const auto& [name, type] : text.types) {
        INFO(name);
        CHECK((type == "counter" || type == "gauge" || type == "histogram"));
        CHECK(text.helps.contains(name));
        CHECK((name.starts_with("tunnelkeyd_") || name.starts_with("process_")));
    }
}

TEST_CASE("strange names are escaped, and no series is there twice") {
    const auto text = parse_metrics(text_of(strange_overview()));
    CHECK(text.at("tunnelkeyd_consecutive_failures{tunnel=\"a \\\"b\\\" \\\\ \\n \x01 caf\xc3\xa9\"}") == 0);
    CHECK(text.count("tunnelkeyd_consecutive_failures{tunnel=\"bad ") == 1);
    CHECK(text.at("tunnelkeyd_consecutive_failures{tunnel=\"jira (host-of-jira)\"}") == 0);
    CHECK(text.count("tunnelkeyd_consecutive_failures{tunnel=\"jira") == 4);
    CHECK(text.count(
              "tunnelkeyd_problem{code=\"reload_failed\",severity=\"degraded\",remedy=\"say \\\"yes\\\"\\nor "
              "\"}") == 1);
}

TEST_CASE("promtool has nothing to say about the metrics") {
    const support::temporary_directory directory;
    const auto run = [&directory](const std::string& command) {
        return support::child_process("/bin/sh", {"-c", command}, directory.path() / "output");
    };
    if (run("command -v promtool >/dev/null").wait_for_exit() != 0) {
        std::cout << "skipped: promtool is not on the PATH\n";
        return;
    }
    const auto seen = GENERATE(some_overview(), strange_overview(), core::overview());
    support::write_file(directory.path() / "metrics", text_of(seen));
    auto promtool = run("promtool check metrics <" + (directory.path() / "metrics").string());
    CHECK(promtool.wait_for_exit() == 0);
    CHECK(promtool.output() == "");
}

TEST_CASE("the metrics of 10000 tunnels are made in a moment") {
    const auto seen = many_tunnels(10'000);
    const serve::metrics_registry metrics;
    const auto began = std::chrono::steady_clock::now();
    const auto text = metrics.text(seen);
    const auto took = std::chrono::steady_clock::now() - began;
    std::cout << "metrics of 10000 tunnels: " << std::chrono::floor<std::chrono::milliseconds>(took).count()
              << " ms, " << text.size() / 1024 << " KiB\n";
    CHECK(parse_metrics(text).count("tunnelkeyd_rotations_total{") == 50'000);
    CHECK(took < 5s);  // under a sanitizer, on a busy machine
}
