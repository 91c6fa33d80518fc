#include "support/rig.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::support::rig;

TEST_CASE("killed between regenerate and install, it installs the sealed key, and regenerates once only") {
    rig scene;
    scene.fault("install", "hold", {{"apply", false}});
    scene.start();
    scene.wait_for_request("install");
    scene.kill();
    CHECK(scene.truth("jira").at("in_step") == false);

    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);
    CHECK(scene.events("rotation.recovered").size() == 1);
}

TEST_CASE("killed inside regenerate, it runs its preflight and regenerates again") {
    rig scene;
    const bool applied = GENERATE(true, false);
    scene.fault("regenerate", "hold", {{"apply", applied}});
    scene.start();
    scene.wait_for_request("regenerate");
    scene.kill();
    const auto before = scene.requests().size();

    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    const auto requests = scene.requests();
    REQUIRE(requests.size() > before + 3);
    std::vector<std::string> calls;
    for (std::size_t i = before; i < before + 5; ++i)
        calls.push_back(requests.at(i).at("call"));
    CHECK(calls == std::vector<std::string>{"read_organization", "status", "whoami", "regenerate", "install"});

    scene.wait_for("confirmation.done");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("killed again and again inside regenerate, it slows down, and still ends in step") {
    rig scene;
    for (int run = 1; run <= 3; ++run) {
        scene.fault("regenerate", "hold", {{"apply", true}});
        scene.start();
        scene.wait_for_request("regenerate", "", run);
        scene.kill();
    }
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.events("rotation.backoff").size() + scene.events("rotation.recovered").size() >= 3);
}

TEST_CASE("a tunnel that left the configuration with its gap open is finished all the same") {
    rig scene(2);
    scene.fault("install", "hold", {{"apply", false}}, 1, "jira");
    scene.start();
    scene.wait_for_request("install", "jira");
    scene.wait_for("rotation.installed", "confluence");
    scene.kill();

    scene.config["tunnels"].erase(0);
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("a tunnel whose instance belongs to another tunnel now is orphaned: its key is sent nowhere") {
    rig scene(2);
    scene.fault("install", "hold", {{"apply", false}}, 1, "jira");
    scene.start();
    scene.wait_for_request("install", "jira");
    scene.wait_for("rotation.installed", "confluence");
    scene.kill();

    auto& tunnels = scene.config["tunnels"];
    tunnels[1]["instance"]["url"] = tunnels[0]["instance"]["url"];
    tunnels.erase(0);
    scene.start();
    scene.wait_for("tunnel.orphaned", "jira");
    CHECK(scene.stop() == 0);
    CHECK(scene.truth("jira").at("installs") == 0);
}
