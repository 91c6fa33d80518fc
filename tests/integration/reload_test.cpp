#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

// SIGHUP, over the real file and the real store.

using nlohmann::json;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::write_file;

namespace {

constexpr unsigned many = 10'000;

json idle_tunnel(unsigned number) {
    return {{"name", "tunnel-" + std::to_string(number)},
            {"hostname", "e5e9e8f0-d429-4cb9-80bc-" + std::to_string(100'000'000'000 + number)},
            {"instance", {{"url", "https://instance-" + std::to_string(number) + ".example.com/jira"}}}};
}

long number_in(const json& event, const char* field) {
    return std::stol(event.at(field).get<std::string>());
}

}  // namespace

TEST_CASE("a tunnel that is added by a reload rotates, and one that is removed does not any more") {
    rig scene(2);
    const auto confluence = scene.config["tunnels"][1];
    scene.config["tunnels"].erase(1);
    scene.start();
    scene.wait_for("rotation.installed", "jira");

    scene.config["tunnels"].push_back(confluence);
    scene.reload();
    scene.wait_for("rotation.installed", "confluence");
    const auto done = scene.wait_for("reload.done");
    CHECK(done.at("added") == "1");
    CHECK(done.at("unchanged") == "1");
    CHECK(scene.truth("confluence").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);

    scene.config["tunnels"].erase(0);
    scene.reload();
    CHECK(scene.wait_for("reload.done", "", 2).at("removed") == "1");
    CHECK(scene.health("/healthz/jira").status == 404);
}

TEST_CASE("a tunnel that comes back is the one it was: its last success counts, after a restart too") {
    rig scene(2);
    scene.start();
    scene.wait_for("rotation.installed", "confluence");
    const auto confluence = scene.config["tunnels"][1];
    scene.config["tunnels"].erase(1);
    CHECK(scene.stop() == 0);
    scene.start();
    scene.wait_for("supervisor.started", "", 2);

    scene.config["tunnels"].push_back(confluence);
    scene.reload();
    scene.wait_for("reload.done");
    const auto status = json::parse(scene.health("/status").body);
    CHECK(status.at("tunnels").at(1).at("name") == "confluence");
    CHECK_FALSE(status.at("tunnels").at(1).at("last_success").is_null());
    CHECK(scene.truth("confluence").at("regenerates") == 1);
}

TEST_CASE("a configuration with errors is logged with all of them, and the old one stays in force") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    write_file(scene.directory() / "config.yaml", "version: 1\ntunels: []\nlog: {level: loud}\n");
    scene.daemon().signal(SIGHUP);
    const auto failed = scene.wait_for("reload.failed");
    CHECK(failed.at("message").get<std::string>().find("2 errors") != std::string::npos);
    const auto errors = scene.events("config.error");
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].at("message").get<std::string>().find("config.yaml:2:1: tunels") != std::string::npos);
    CHECK(errors[1].at("message").get<std::string>().find("config.yaml:3:14: log.level") != std::string::npos);
    CHECK(json::parse(scene.health("/status").body).at("tunnels").size() == 1);

    scene.reload();
    scene.wait_for("reload.done");
    CHECK(json::parse(scene.health("/healthz").body).at("status") == "ok");
}

TEST_CASE("a configuration that cannot be read changes nothing") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    std::filesystem::remove(scene.directory() / "config.yaml");
    scene.daemon().signal(SIGHUP);
    scene.wait_for("reload.failed");
    CHECK(scene.events("config.error").front().at("message").get<std::string>().find("cannot be opened") !=
          std::string::npos);
    CHECK(scene.health("/healthz/jira").status == 200);
}

TEST_CASE("the log level and the cloud's address are other ones after a reload") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK_FALSE(scene.events("http.exchange").empty());

    scene.config["log"]["level"] = "info";
    scene.config["cloud"]["url"] = "https://localhost:1";
    scene.config["defaults"]["schedule"]["every"] = "1ms";
    scene.reload();
    scene.wait_for("reload.done");
    const auto exchanges = scene.events("http.exchange").size();
    scene.wait_for("rotation.refused");
    CHECK(scene.events("http.exchange").size() == exchanges);
}

TEST_CASE("what needs a restart is named") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    scene.config["state"]["directory"] = scene.directory() / "elsewhere";
    scene.config["health"]["listen"] = "none";
    scene.reload();
    scene.wait_for("reload.needs_restart", "", 2);
    CHECK(scene.health("/livez").status == 200);
    CHECK(json::parse(scene.health("/status").body).at("daemon").at("configuration").at("needs_restart") ==
          json{"state", "health.listen"});
}

TEST_CASE("a token that is renewed in its file is tried at once after a reload") {
    rig scene;
    scene.config["defaults"]["retry"]["calm"] = {{"initial", "1h"}, {"max", "1h"}};
    scene.set("jira", {{"token", "renewed"}});
    scene.start();
    scene.wait_for("rotation.backoff");
    write_file(scene.directory() / "secrets" / "jira-token", "renewed\n");
    scene.daemon().signal(SIGHUP);
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("ten thousand tunnels with ten changes are reloaded within a second, and nobody waits for it") {
    rig scene;
    scene.config["log"]["level"] = "info";
    scene.config["defaults"]["schedule"] = {{"every", "30d"}, {"jitter", "6h"}};
    scene.config["defaults"]["instance"]["auth"] = scene.config["tunnels"][0]["instance"]["auth"];
    auto& tunnels = scene.config["tunnels"];
    tunnels.clear();
    for (unsigned i = 0; i < many; ++i)
        tunnels.push_back(idle_tunnel(i));
    scene.start();
    scene.wait_for("supervisor.started");

    long took = 1'000'000;
    long paused = 1'000'000;
    for (unsigned round = 0; round < 5; ++round) {  // the best of some, since the machine is shared
        for (unsigned i = 0; i < 5; ++i)
            tunnels[i]["instance"]["url"] = "https://moved-" + std::to_string(round * 5 + i) + ".example.com";
        tunnels.erase(tunnels.end() - 2, tunnels.end());
        for (unsigned i = 0; i < 3; ++i)
            tunnels.push_back(idle_tunnel(many + round * 3 + i));
        scene.reload();
        const auto done = scene.wait_for("reload.done", "", round + 1);
        REQUIRE(number_in(done, "changed") == 5);
        REQUIRE(number_in(done, "added") == 3);
        REQUIRE(number_in(done, "removed") == 2);
        took = std::min(took, number_in(done, "took_ms"));
        paused = std::min(paused, number_in(done, "paused_ms"));
    }
    WARN("took " << took << " ms, of which the event loop stood still for " << paused << " ms");
#ifndef TUNNELKEYD_SANITIZED
    CHECK(took < 1000);
    CHECK(paused <= 50);
#endif
}
