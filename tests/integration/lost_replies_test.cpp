#include "support/rig.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::support::rig;

TEST_CASE("a regenerate that took effect and whose reply was lost is repeated at once") {
    rig scene;
    scene.fault("regenerate", "drop_after");
    scene.start();
    scene.wait_for("rotation.unknown");
    const auto done = scene.wait_for("rotation.installed");
    CHECK(done.at("regenerates") == "2");
    CHECK(scene.truth("jira").at("in_step") == true);
    scene.wait_for("confirmation.done");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 3);
}

TEST_CASE("a regenerate that takes effect after its successor is healed by the confirmation") {
    rig scene;
    scene.config["defaults"]["retry"]["settle"] = "3s";
    scene.config["cloud"]["timeout"] = {{"connect", "10s"}, {"request", "500ms"}};
    scene.fault("regenerate", "late", {{"seconds", 1.5}, {"reply", "none"}});
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    scene.wait_for_request("regenerate", "", 3);  // the confirmation
    scene.wait_for("confirmation.done");
    const auto truth = scene.truth("jira");
    CHECK(truth.at("in_step") == true);
    // The late one, in between, had put the cloud out of step.
    CHECK(truth.at("regenerates") == 3);
    CHECK(truth.at("out_of_step_total_ms").get<int>() > 200);
}

TEST_CASE("an install whose reply was lost is repeated with the same key") {
    rig scene;
    scene.fault("install", "drop_after");
    scene.start();
    scene.wait_for("install.retry");
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("an instance that goes down in the gap gets the key when it comes back") {
    rig scene;
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 5);
    scene.start();
    const auto done = scene.wait_for("rotation.installed");
    CHECK(done.at("installs") == "6");
    CHECK(scene.truth("jira").at("regenerates") == 1);
    CHECK(scene.truth("jira").at("in_step") == true);
}
