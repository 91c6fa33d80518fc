#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

// Whether the daemon says the truth of itself: while it starts, while its disk is broken, and behind that.

using nlohmann::json;
using tunnelkeyd::support::http_get;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::write_file;

namespace {

/// Asks until /readyz answers so; the body of that answer.
std::string wait_for_ready(rig& scene, unsigned status) {
    const auto deadline = std::chrono::steady_clock::now() + tunnelkeyd::support::patience;
    while (std::chrono::steady_clock::now() < deadline)
        if (const auto reply = scene.health("/readyz"); reply.status == status)
            return reply.body;
    FAIL("/readyz never was " << status);
    return {};
}

}  // namespace

TEST_CASE("ready is never true while the store is broken, nor false once it works again") {
    rig scene;
    scene.config["defaults"]["schedule"] = {{"every", "30d"}};
    scene.start();
    scene.wait_for("supervisor.started");
    wait_for_ready(scene, 200);

    const auto away = scene.directory() / "away";
    std::filesystem::rename(scene.state_directory(), away);
    CHECK(wait_for_ready(scene, 503).find("the state cannot be written") != std::string::npos);
    for (int i = 0; i < 50; ++i)
        CHECK(scene.health("/readyz").status == 503);
    const auto health = json::parse(scene.health("/healthz").body);
    CHECK(health.at("status") == "failing");
    CHECK(health.at("problems").at(0).at("code") == "store_failing");
    CHECK(scene.events("health.failing").size() == 1);
    CHECK(scene.health("/livez").status == 200);

    std::filesystem::rename(away, scene.state_directory());
    wait_for_ready(scene, 200);
    for (int i = 0; i < 50; ++i)
        CHECK(scene.health("/readyz").status == 200);
    CHECK(scene.events("health.recovered").size() == 1);
}

TEST_CASE("a store that is broken in one way and then in another is one problem in the log") {
    rig scene;
    scene.config["defaults"]["schedule"] = {{"every", "30d"}};
    scene.start();
    scene.wait_for("supervisor.started");
    wait_for_ready(scene, 200);
    const auto away = scene.directory() / "away";
    std::filesystem::rename(scene.state_directory(), away);
    const auto one_way = wait_for_ready(scene, 503);
    std::filesystem::create_directory(scene.state_directory());
    write_file(scene.state_directory() / "state.db", std::string(8192, 'x'));
    const auto deadline = std::chrono::steady_clock::now() + tunnelkeyd::support::patience;
    while (scene.health("/readyz").body == one_way)
        REQUIRE(std::chrono::steady_clock::now() < deadline);
    CHECK(scene.events("health.failing").size() == 1);
    CHECK(scene.events("health.recovered").empty());

    std::filesystem::remove_all(scene.state_directory());
    std::filesystem::rename(away, scene.state_directory());
    wait_for_ready(scene, 200);
    CHECK(scene.events("health.recovered").size() == 1);
}

TEST_CASE("that the store works again is noticed and logged without anybody asking") {
    rig scene;
    scene.config["defaults"]["schedule"] = {{"every", "30d"}};
    scene.start();
    scene.wait_for("supervisor.started");
    const auto away = scene.directory() / "away";
    std::filesystem::rename(scene.state_directory(), away);
    wait_for_ready(scene, 503);
    std::filesystem::rename(away, scene.state_directory());
    CHECK(scene.wait_for("health.recovered").at("code") == "store_failing");
}

TEST_CASE("liveness and readiness depend on nothing remote") {
    rig scene;
    scene.config["cloud"]["url"] = "https://localhost:1";
    scene.config["tunnels"][0]["instance"]["url"] = "https://localhost:1/jira";
    scene.start();
    scene.wait_for("preflight.failed");
    CHECK(scene.health("/livez").status == 200);
    CHECK(scene.health("/readyz").status == 200);
}

TEST_CASE("a daemon that is ending is alive, and not ready") {
    rig scene;
    scene.fault("install", "hold", {{"apply", true}});
    scene.start();
    scene.wait_for_request("install");
    scene.daemon().signal(SIGTERM);
    scene.wait_for("daemon.stopping");
    CHECK(scene.health("/livez").status == 200);
    const auto ready = scene.health("/readyz");
    CHECK(ready.status == 503);
    CHECK(ready.body.find("stopping") != std::string::npos);
    scene.simulator.control().post("/release", json::object());
    CHECK(scene.daemon().wait_for_exit() == 0);
}
