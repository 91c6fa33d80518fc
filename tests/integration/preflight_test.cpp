#include "support/rig.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::support::rig;

TEST_CASE("an instance that is not RUNNING is never regenerated for, until it is") {
    rig scene;
    const std::string state = GENERATE("MAINTENANCE", "STARTING", "STOPPING", "FIRST_RUN", "ERROR");
    scene.set("jira", {{"instance_state", state}});
    scene.start();
    const auto failed = scene.wait_for("preflight.failed", "jira", 3);
    CHECK(failed.at("check") == "instance");
    CHECK(failed.at("message").get<std::string>().find(state) != std::string::npos);
    CHECK(scene.truth("jira").at("regenerates") == 0);

    scene.set("jira", {{"instance_state", "RUNNING"}});
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("an instance that does not know our token is never regenerated for, and asked again rarely") {
    rig scene;
    scene.config["defaults"]["retry"]["calm"] = {{"initial", "10ms"}, {"max", "1h"}};
    scene.set("jira", {{"token", "another-token"}});
    scene.start();
    const auto failed = scene.wait_for("preflight.failed");
    CHECK(failed.at("check") == "credentials");
    const auto wait = scene.wait_for("rotation.backoff");
    CHECK(wait.at("retry_in_ms") == "3600000");
    CHECK(scene.stop() == 0);
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.requests("whoami").size() == 1);
}

TEST_CASE("a cloud that answers 401 leaves the keys alone, and is asked again rarely, by one tunnel") {
    rig scene(5);
    scene.config["defaults"]["retry"]["calm"] = {{"initial", "10ms"}, {"max", "1h"}};
    scene.simulator.control().post("/organizations/acme", {{"api_key", "another-key"}});
    scene.start();
    scene.wait_for("rotation.backoff", "", 5);
    CHECK(scene.stop() == 0);
    CHECK(scene.requests("regenerate").empty());
    CHECK(scene.requests("read_organization").size() == 1);
    CHECK(scene.events("preflight.failed").front().at("check") == "api_key");
}

TEST_CASE("a secret that cannot be read fails the preflight, and says which and how to mend it") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["auth"] = {{"bearer", {{"file", scene.directory() / "missing"}}}};
    scene.start();
    const auto failed = scene.wait_for("preflight.failed");
    CHECK(failed.at("check") == "secret");
    CHECK(failed.at("message").get<std::string>().find("missing") != std::string::npos);
    CHECK(scene.truth("jira").at("regenerates") == 0);
}

TEST_CASE("whoami that is not there cannot tell, and never blocks") {
    rig scene;
    scene.set("jira", {{"whoami", "404"}});
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("a token may be a user name and a password instead") {
    rig scene;
    const auto& basic = scene.simulator.tunnel("jira").at("basic");
    tunnelkeyd::support::write_file(scene.directory() / "password", basic.at("password").get<std::string>());
    scene.config["tunnels"][0]["instance"]["auth"] = {
        {"basic",
         {{"username", basic.at("username")}, {"password", {{"file", scene.directory() / "password"}}}}}};
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("two tunnels whose hostnames are swapped are held, and neither key is sent anywhere") {
    rig scene(2);
    const auto jira = scene.simulator.tunnel("jira").at("instance_url");
    const auto confluence = scene.simulator.tunnel("confluence").at("instance_url");
    scene.set("jira", {{"on_premise_url", confluence}});
    scene.set("confluence", {{"on_premise_url", jira}});
    scene.start();
    const auto held = scene.wait_for("rotation.held", "jira");
    scene.wait_for("rotation.held", "confluence");
    CHECK(held.at("message").get<std::string>().find("confluence") != std::string::npos);
    CHECK(scene.stop() == 0);
    CHECK(scene.requests("install").empty());
}
