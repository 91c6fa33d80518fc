#include "support/places.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using tunnelkeyd::support::daemon_program;
using tunnelkeyd::support::rig;

TEST_CASE("SIGTERM in the key gap: the rotation under way is finished before the daemon ends") {
    rig scene;
    const std::string call = GENERATE("regenerate", "install");
    scene.fault(call, "hold", {{"apply", true}});
    scene.start();
    scene.wait_for_request(call);
    scene.daemon().signal(SIGTERM);
    scene.wait_for("daemon.stopping");
    scene.simulator.control().post("/release", nlohmann::json::object());
    CHECK(scene.daemon().wait_for_exit() == 0);
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.events("rotation.installed").size() == 1);
}

TEST_CASE("SIGTERM while nothing is under way ends the daemon at once") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.planned");
    CHECK(scene.stop() == 0);
    CHECK(scene.events("daemon.stopped").size() == 1);
}

TEST_CASE("SIGTERM during a preflight begins no rotation") {
    rig scene;
    scene.fault("whoami", "hold", {{"apply", true}});
    scene.start();
    scene.wait_for_request("whoami");
    CHECK(scene.stop() == 0);
    CHECK(scene.truth("jira").at("regenerates") == 0);
}

TEST_CASE("SIGTERM does not wait for a key that a person must help with") {
    rig scene;
    scene.config["defaults"]["retry"]["slow"] = {{"initial", "12h"}, {"max", "12h"}};
    scene.fault("install", "status", {{"status", 401}, {"apply", false}}, 0);
    scene.start();
    scene.wait_for("rotation.backoff");
    CHECK(scene.stop() == 0);
    CHECK(scene.events("daemon.stopped").front().at("message").get<std::string>().find("jira") !=
          std::string::npos);
}

TEST_CASE("a second signal ends it at once, and the next run installs what the store has") {
    rig scene;
    scene.fault("install", "hold", {{"apply", false}});
    scene.start();
    scene.wait_for_request("install");
    scene.daemon().signal(SIGTERM);
    scene.wait_for("daemon.stopping");
    scene.daemon().signal(SIGINT);
    CHECK(scene.daemon().wait_for_exit() == 0);
    CHECK(scene.truth("jira").at("in_step") == false);

    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("a second signal during --once is no success") {
    rig scene;
    scene.fault("install", "hold", {{"apply", false}});
    scene.start({"--once"});
    scene.wait_for_request("install");
    scene.daemon().signal(SIGTERM);
    scene.wait_for("daemon.stopping");
    scene.daemon().signal(SIGTERM);
    CHECK(scene.daemon().wait_for_exit() == 1);
}

TEST_CASE("a log whose reader has gone does not end the daemon") {
    rig scene;
    scene.write_config();
    const auto command = "exec 2> >(exec head -c 1 >/dev/null); exec " + daemon_program() + " run --config '" +
                         (scene.directory() / "config.yaml").string() + "'";
    tunnelkeyd::support::child_process daemon("/bin/bash", {"-c", command}, scene.directory() / "output");
    scene.wait_for_request("install", "jira");
    daemon.signal(SIGTERM);
    CHECK(daemon.wait_for_exit() == 0);
    CHECK(scene.truth("jira").at("in_step") == true);
}
