#include "simulator/certificates.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

// Each kind of trouble is seen at /healthz, in /metrics and in the log, with what to do about it.

using nlohmann::json;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::write_file;

namespace {

bool has_problem(const json& health, const std::string& code) {
    for (const auto& each : health.at("problems"))
        if (each.at("code") == code)
            return true;
    return false;
}

/// The problem at /healthz, once it is there; then it is in /metrics and, with its remedy, in the log too.
json seen_everywhere(rig& scene, const std::string& code, const std::string& severity,
                     const std::string& subject) {
    const auto health =
        scene.wait_for_health("/healthz", [&](const json& seen) { return has_problem(seen, code); });
    json found;
    for (const auto& each : health.at("problems"))
        if (found.is_null() && each.at("code") == code)
            found = each;
    CHECK(found.at("severity") == severity);
    CHECK(found.value("tunnel", "") == subject);
    const auto remedy = found.at("remedy").get<std::string>();
    CHECK_FALSE(remedy.empty());

    const auto metrics = scene.health("/metrics").body;
    const auto series = metrics.find("code=\"" + code + "\"");
    REQUIRE(series != std::string::npos);
    const auto line = metrics.substr(metrics.rfind('\n', series) + 1, 2000);
    CHECK(line.starts_with("tunnelkeyd_problem{"));
    CHECK(line.substr(0, line.find('\n')).find("remedy=\"") != std::string::npos);

    bool logged = false;
    for (const auto& event : scene.events("health." + severity, subject))
        logged = logged || (event.at("code") == code &&
                            event.at("message").get<std::string>().find(remedy) != std::string::npos);
    if (code == "reload_failed")  // has an event of its own
        logged = scene.events("reload.failed")
                     .front()
                     .at("message")
                     .get<std::string>()
                     .find("correct the file, and reload") != std::string::npos;
    CHECK(logged);
    return found;
}

std::string series(const std::string& metrics, const std::string& name) {
    const auto at = metrics.find("\n" + name + " ");
    return at == std::string::npos
               ? ""
               : metrics.substr(at + name.size() + 2, metrics.find('\n', at + 1) - at - name.size() - 2);
}

}  // namespace

TEST_CASE("a daemon whose tunnels are all in order says so everywhere") {
    rig scene(2);
    scene.start();
    scene.wait_for("rotation.installed", "confluence");
    scene.wait_for("rotation.installed", "jira");
    const auto health =
        scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "ok"; });
    CHECK(health.at("tunnels").at("total") == 2);
    CHECK(scene.health("/livez").status == 200);
    CHECK(scene.health("/readyz").status == 200);
    CHECK(scene.health("/healthz/jira").status == 200);
    CHECK(scene.health("/healthz/nobody").status == 404);
    const auto metrics = scene.health("/metrics").body;
    CHECK(series(metrics, "tunnelkeyd_rotations_total{tunnel=\"jira\",result=\"installed\"}") == "1");
    CHECK(series(metrics, "tunnelkeyd_key_gap_seconds{tunnel=\"jira\"}") == "0");
    CHECK(series(metrics, "tunnelkeyd_http_requests_total{endpoint=\"regenerate\",outcome=\"2xx\"}") == "2");
    CHECK(scene.events("health.degraded").empty());
    CHECK(scene.events("health.failing").empty());
}

TEST_CASE("a held tunnel is seen, and free again when its settings are put right and reloaded") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["on_premise_url"] = "https://elsewhere.example.com";
    scene.start();
    const auto problem = seen_everywhere(scene, "held", "failing", "jira");
    CHECK(problem.at("remedy").get<std::string>().find("instance.on_premise_url") != std::string::npos);
    CHECK(scene.health("/healthz").status == 503);
    CHECK(scene.health("/healthz/jira").status == 503);
    CHECK(scene.health("/readyz").status == 200);
    CHECK(series(scene.health("/metrics").body, "tunnelkeyd_tunnel_state{tunnel=\"jira\",state=\"held\"}") ==
          "1");

    scene.config["tunnels"][0]["instance"].erase("on_premise_url");
    scene.reload();
    scene.wait_for("rotation.installed");
    scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "ok"; });
    scene.wait_for("health.recovered", "jira");
}

TEST_CASE("an open key gap is degraded at first, and failing after its time") {
    rig scene;
    scene.config["health"]["gap_failing_after"] = "3s";
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0);
    scene.start();
    seen_everywhere(scene, "gap_open", "degraded", "jira");
    scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "failing"; });
    const auto problem = seen_everywhere(scene, "gap_open", "failing", "jira");
    CHECK(problem.at("message").get<std::string>().find("503") != std::string::npos);
    CHECK_FALSE(series(scene.health("/metrics").body, "tunnelkeyd_key_gap_seconds{tunnel=\"jira\"}") == "0");

    scene.simulator.control().del("/faults");
    scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "ok"; });
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("an overdue rotation is failing after its time, and names what is in its way") {
    rig scene;
    scene.config["health"]["overdue_failing_after"] = "1s";
    scene.set("jira", {{"instance_state", "MAINTENANCE"}});
    scene.start();
    const auto problem = seen_everywhere(scene, "overdue", "failing", "jira");
    CHECK(problem.at("message").get<std::string>().find("MAINTENANCE") != std::string::npos);
    scene.set("jira", {{"instance_state", "RUNNING"}});
    scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "ok"; });
}

TEST_CASE("a dead credential is found by a check in the background, while nothing is due") {
    rig scene;
    scene.config["defaults"]["schedule"] = {{"every", "30d"}};
    scene.config["defaults"]["instance"]["preflight"] = {{"every", "1m"}};
    scene.set("jira", {{"token", "another"}});
    scene.start();
    scene.wait_for("supervisor.started");
    // The first check comes within a minute of the start; a reload that changes the tunnel asks for one at
    // once.
    scene.config["defaults"]["instance"]["preflight"] = {{"every", "2m"}};
    scene.reload();
    const auto problem = seen_everywhere(scene, "credentials_refused", "degraded", "jira");
    CHECK(problem.at("remedy").get<std::string>().find("renew the token") != std::string::npos);
    CHECK(scene.health("/healthz").status == 200);
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.events("preflight.failed").front().at("check") == "credentials");

    scene.set("jira", {{"token", scene.simulator.tunnel("jira").at("token")}});
    scene.daemon().signal(SIGHUP);
    scene.wait_for_health("/healthz", [](const json& seen) { return seen.at("status") == "ok"; });
}

TEST_CASE("an API key that the cloud refuses is seen at its organization") {
    rig scene;
    scene.simulator.control().post("/organizations/acme", {{"api_key", "another-key"}});
    scene.start();
    scene.wait_for("preflight.failed");
    const auto health = scene.wait_for_health(
        "/healthz", [](const json& seen) { return has_problem(seen, "api_key_refused"); });
    CHECK(health.at("status") == "degraded");
    CHECK(scene.health("/metrics").body.find("organization=\"acme\",code=\"api_key_refused\"") !=
          std::string::npos);
}

TEST_CASE("a failed reload is seen until one succeeds") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(series(scene.health("/metrics").body, "tunnelkeyd_config_last_reload_successful") == "1");
    write_file(scene.directory() / "config.yaml", "version: 2\n");
    scene.daemon().signal(SIGHUP);
    scene.wait_for("reload.failed");
    const auto problem = seen_everywhere(scene, "reload_failed", "degraded", "");
    CHECK(problem.at("message").get<std::string>().find("config.yaml:1:10: version") != std::string::npos);
    CHECK(series(scene.health("/metrics").body, "tunnelkeyd_config_last_reload_successful") == "0");

    scene.reload();
    scene.wait_for("reload.done");
    CHECK(json::parse(scene.health("/healthz").body).at("status") == "ok");
}

TEST_CASE("a credential that ends soon, and one that has ended, are seen in time") {
    rig scene(2);
    scene.config["tunnels"][0]["instance"]["auth"]["expires"] = "2020-01-31";
    scene.config["organizations"][0]["api_key_expires"] = "2020-01-31";
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    scene.wait_for("rotation.installed", "confluence");
    seen_everywhere(scene, "credential_expiring", "degraded", "jira");
    const auto health = json::parse(scene.health("/healthz").body);
    CHECK(has_problem(health, "api_key_expiring"));
    CHECK(series(scene.health("/metrics").body,
                 "tunnelkeyd_instance_credential_expiry_timestamp_seconds{tunnel=\"jira\"}") == "1580428800");
}

TEST_CASE(
    "a client certificate that ends soon is seen in time, and no longer once it is renewed, without a reload") {
    rig scene(2);
    const tunnelkeyd::simulator::certificate_authority authority;
    const auto file = scene.directory() / "rotator.pem";
    const auto renew = [&](long days) {
        const auto made = authority.issue({"rotator", {"DNS:localhost"}, -1, days});
        write_file(file, made.certificate + authority.pem() + made.key);
        std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    };
    renew(10);
    scene.config["tunnels"][0]["instance"]["tls"] = {{"client_certificate", file}};
    scene.config["cloud"]["tls"]["client_certificate"] = file;
    scene.start();
    const auto name = scene.config["tunnels"][0]["name"].get<std::string>();
    const auto problem = seen_everywhere(scene, "client_certificate_expiring", "degraded", name);
    const auto message = problem.at("message").get<std::string>();
    CHECK(message.find("certificate in " + file.string() + " (CN=rotator) ends on ") != std::string::npos);
    seen_everywhere(scene, "cloud_client_certificate_expiring", "degraded", "");
    const auto metrics = scene.health("/metrics").body;
    const auto label = "file=\"" + file.string() + "\"}";
    const auto of_tunnel =
        series(metrics, "tunnelkeyd_instance_client_certificate_expiry_timestamp_seconds{tunnel=\"" + name +
                            "\"," + label);
    CHECK_FALSE(of_tunnel.empty());
    CHECK(series(metrics, "tunnelkeyd_cloud_client_certificate_expiry_timestamp_seconds{" + label) ==
          of_tunnel);

    std::filesystem::remove(file);
    renew(365);
    CHECK(scene.tell("preflight", {name}).status == 0);
    CHECK(json::parse(scene.health("/healthz").body).at("problems").empty());
    CHECK(scene.events("health.recovered").size() == 2);
    CHECK(scene.events("reload.begun").empty());
}
