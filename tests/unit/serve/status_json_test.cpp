#include "serve/status_json.hpp"
#include "support/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;

namespace {

json problem_json(const std::string& severity, const std::string& code) {
    return {{"severity", severity},
            {"code", code},
            {"message", "message of " + code},
            {"remedy", "remedy of " + code},
            {"since", "2026-03-01T11:00:00Z"}};
}

}  // namespace

TEST_CASE("status tells of the daemon and its configuration") {
    const auto all = json::parse(serve::status_json(some_overview()));
    CHECK(all.at("at") == "2026-03-01T12:00:00Z");
    auto daemon = all.at("daemon");
    CHECK_FALSE(daemon.at("version").get<std::string>().empty());
    daemon.erase("version");
    CHECK(daemon == json{{"started_at", "2026-02-22T12:00:00Z"},
                         {"ready", true},
                         {"not_ready_because", nullptr},
                         {"status", "failing"},
                         {"cloud_client_certificate_expires", nullptr},
                         {"problems", json::array({problem_json("degraded", "reload_failed")})},
                         {"configuration",
                          {{"loaded_at", "2026-02-28T12:00:00Z"},
                           {"failed_at", "2026-03-01T11:00:00Z"},
                           {"errors", json::array({"config.yaml:12:7: no"})},
                           {"needs_restart", json::array()}}}});
    auto seen = some_overview();
    seen.not_ready = "starting";
    const auto starting = json::parse(serve::status_json(seen)).at("daemon");
    CHECK(starting.at("ready") == false);
    CHECK(starting.at("not_ready_because") == "starting");
    seen.cloud_client_certificate = {"/etc/tls/cloud.pem", noon()};
    CHECK(json::parse(serve::status_json(seen)).at("daemon").at("cloud_client_certificate_expires") ==
          "2026-03-01T12:00:00Z");
}

TEST_CASE("status tells of each organization") {
    auto seen = some_overview();
    seen.organizations.front().waiting_for_rate_limit = 3;
    const auto all = json::parse(serve::status_json(seen));
    CHECK(all.at("organizations") ==
          json::array({{{"name", "acme"},
                        {"api_key_expires", "2026-03-21T12:00:00Z"},
                        {"status", "degraded"},
                        {"waiting_for_rate_limit", 3},
                        {"problems", json::array({problem_json("degraded", "api_key_expiring")})}}}));
}

TEST_CASE("status tells everything of a tunnel whose rotation is under way") {
    const auto jira = json::parse(serve::status_json(some_overview())).at("tunnels").at(1);
    CHECK(
        jira ==
        json{
            {"name", "jira"},
            {"organization", "acme"},
            {"organization_id", "0c632b13"},
            {"hostname", "host-of-jira"},
            {"instance_url", "https://jira.example.com/app"},
            {"configured", true},
            {"state", "installing"},
            {"status", "failing"},
            {"last_success", "2026-02-28T12:00:00Z"},
            {"paused_at", nullptr},
            {"next", {{"at", "2026-03-30T12:00:00Z"}, {"reason", "scheduled"}}},
            {"rotation",
             {{"reason", "manual"}, {"began_at", "2026-03-01T11:49:00Z"}, {"regenerates", 1}, {"installs", 7}}},
            {"gap_opened_at", "2026-03-01T11:50:00Z"},
            {"key_pending", true},
            {"confirmation_owed", true},
            {"failures", 0},
            {"last_error", nullptr},
            {"retry_at", nullptr},
            {"preflight",
             {{"at", "2026-03-01T10:00:00Z"},
              {"passed", true},
              {"check", nullptr},
              {"problem", nullptr},
              {"remedy", nullptr}}},
            {"credential_expires", "2026-05-30T12:00:00Z"},
            {"client_certificate_expires", "2026-04-30T12:00:00Z"},
            {"rotations",
             {{"installed", 3}, {"refused", 1}, {"preflight_failed", 0}, {"store_failed", 0}, {"manual", 0}}},
            {"problems",
             json::array({problem_json("failing", "gap_open"), problem_json("degraded", "unconfirmed")})}});
}

TEST_CASE("status says which check of a preflight failed, and what has failed since") {
    const auto wiki = json::parse(serve::status_json(some_overview())).at("tunnels").at(0);
    CHECK(wiki.at("preflight") == json{{"at", "2026-03-01T10:00:00Z"},
                                       {"passed", false},
                                       {"check", "credentials"},
                                       {"problem", "HTTP 401"},
                                       {"remedy", "make a new token"}});
    CHECK(wiki.at("failures") == 4);
    CHECK(wiki.at("last_error") == "HTTP 401");
    CHECK(wiki.at("retry_at") == "2026-03-01T13:00:00Z");
    CHECK(wiki.at("rotation").is_null());
    CHECK(wiki.at("gap_opened_at").is_null());
    CHECK(wiki.at("problems").at(0).at("since").is_null());
}

TEST_CASE("status of a tunnel of which nothing is known has every name all the same") {
    auto seen = some_overview();
    const auto known = json::parse(serve::status_json(seen)).at("tunnels").at(0);
    seen.tunnels = {core::tunnel_overview()};
    const auto unknown = json::parse(serve::status_json(seen)).at("tunnels").at(0);
    for (const auto& [name, value] : known.items())
        CHECK(unknown.contains(name));
    for (const char* name : {"organization", "instance_url", "last_success", "next", "preflight",
                             "credential_expires", "client_certificate_expires"})
        CHECK(unknown.at(name).is_null());
}

TEST_CASE("status with control characters and bytes that are no UTF-8 is JSON") {
    auto seen = some_overview();
    const std::string strange("\x01\x1f\"\\\n\x7f\xff\xc3\0<", 11);
    seen.not_ready = seen.organizations[0].name = seen.tunnels[0].name = seen.tunnels[0].last_error = strange;
    seen.reload.errors = seen.reload.needs_restart = {strange};
    seen.tunnels[0].preflight->failure->problem = seen.tunnels[0].id.hostname = strange;
    const auto text = serve::status_json(seen);
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(json::accept(text));
}

TEST_CASE("the status of 10000 tunnels is made in a moment") {
    const auto seen = many_tunnels(10'000);
    const auto began = std::chrono::steady_clock::now();
    const auto text = serve::status_json(seen);
    const auto took = std::chrono::steady_clock::now() - began;
    std::cout << "status of 10000 tunnels: " << std::chrono::floor<std::chrono::milliseconds>(took).count()
              << " ms, " << text.size() / 1024 << " KiB\n";
    CHECK(took < std::chrono::seconds(10));  // under a sanitizer, on a busy machine
}
