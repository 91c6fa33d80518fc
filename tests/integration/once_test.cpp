#include "support/rig.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::support::rig;

TEST_CASE("run --once rotates what is due, and nothing twice") {
    rig scene(3);
    CHECK(scene.run({"--once"}) == 0);
    for (const char* name : {"jira", "confluence", "bitbucket"}) {
        CHECK(scene.truth(name).at("in_step") == true);
        CHECK(scene.truth(name).at("regenerates") == 1);
    }
    CHECK(scene.log().find("3 rotated, 0 failed, 0 held, 0 unfinished") != std::string::npos);
    CHECK(scene.run({"--once"}) == 0);
    CHECK(scene.log().find("0 rotated, 0 failed, 0 held, 0 unfinished") != std::string::npos);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("run --once --tunnel rotates this one, due or not, and no other") {
    rig scene(2);
    scene.config["defaults"]["schedule"]["first"] = "wait";
    CHECK(scene.run({"--once", "--tunnel", "confluence"}) == 0);
    CHECK(scene.truth("confluence").at("regenerates") == 1);
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.run({"--once", "--tunnel", "nobody"}) == 64);
}

TEST_CASE("run --once exits 1 when one is refused, and tries it once") {
    rig scene(2);
    scene.fault("regenerate", "status", {{"status", 404}, {"apply", false}}, 0, "jira");
    CHECK(scene.run({"--once"}) == 1);
    CHECK(scene.log().find("1 rotated, 1 failed") != std::string::npos);
    CHECK(scene.requests("regenerate").size() == 2);
}

TEST_CASE("run --once exits 1 when one fails its preflight or is held") {
    rig scene(2);
    scene.set("jira", {{"instance_state", "MAINTENANCE"}});
    scene.set("confluence", {{"on_premise_url", scene.simulator.tunnel("jira").at("instance_url")}});
    CHECK(scene.run({"--once"}) == 1);
    CHECK(scene.log().find("0 rotated, 1 failed, 1 held") != std::string::npos);
}

TEST_CASE("run --once gives up after --max-wait with the key sealed, and the next run installs it") {
    rig scene;
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0);
    CHECK(scene.run({"--once", "--max-wait", "500ms"}) == 1);
    CHECK(scene.log().find("1 unfinished") != std::string::npos);
    scene.simulator.control().del("/faults");
    CHECK(scene.run({"--once"}) == 0);
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("run --once says that a confirmation is owed, and a later one does it") {
    rig scene;
    scene.config["defaults"]["retry"]["settle"] = "100ms";
    scene.fault("regenerate", "drop_after");
    CHECK(scene.run({"--once"}) == 0);
    CHECK(scene.log().find("1 to be confirmed") != std::string::npos);
    while (scene.events("confirmation.done").empty())  // bounded by the test's own time limit
        REQUIRE(scene.run({"--once"}) == 0);
    CHECK(scene.truth("jira").at("regenerates") == 3);
    CHECK(scene.truth("jira").at("in_step") == true);
}
