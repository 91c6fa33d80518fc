#include "live.hpp"

#include <csignal>

// `rotate`, with the simulator's truth in step at its end.

using nlohmann::json;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;
using tunnelkeyd::support::typed;

TEST_CASE("rotate --wait comes back when the new key is installed") {
    live scene(2);
    scene.begin();
    const auto seen = scene.tell("rotate", {"jira", "--wait"});
    CHECK(seen.status == 0);
    CHECK(seen.output == "jira: installed\n1 of 1 done\n");
    CHECK(scene.truth("jira").at("regenerates") == 2);
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("confluence").at("regenerates") == 1);
    CHECK(scene.wait_for("rotation.requested", "jira").at("by").get<std::string>() != "");

    const auto as_json = json::parse(scene.tell("rotate", {"jira", "--wait", "--json"}).output);
    CHECK(as_json == json{{"rotations", {{{"tunnel", "jira"}, {"joined", false}, {"result", "installed"}}}}});
}

TEST_CASE("rotate says that a rotation begins, and a second one that it joins it") {
    live scene;
    scene.begin();
    scene.fault("status", "hold");
    const auto first = scene.tell("rotate", {"jira"});
    CHECK(first.status == 0);
    CHECK(first.output == "jira: a rotation begins\n");
    scene.wait_for_request("status", "jira", 2);
    CHECK(scene.tell("rotate", {"jira"}).output == "jira: joins the rotation that is under way\n");
    scene.simulator.control().post("/release", json::object());
    scene.wait_for("rotation.installed", "jira", 2);
    CHECK(scene.truth("jira").at("regenerates") == 2);
}

TEST_CASE("rotate --wait of a tunnel whose preflight fails exits 1 with cause and remedy") {
    live scene;
    scene.begin();
    scene.set("jira", {{"instance_state", "MAINTENANCE"}});
    const auto seen = scene.tell("rotate", {"jira", "--wait"});
    CHECK(seen.status == 1);
    CHECK(has(seen.output, "jira: failed: "));
    CHECK(has(seen.output, "MAINTENANCE"));
    CHECK(has(seen.output, "\n  -> "));
    CHECK(seen.output.ends_with("\n0 of 1 done, 1 failed\n"));
    CHECK(scene.truth("jira").at("regenerates") == 1);  // nothing was interrupted
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("rotate --all --wait of which one fails rotates the others, and exits 1") {
    live scene(3);
    scene.begin();
    scene.set("confluence", {{"token", "another"}});
    const auto seen = scene.tell("rotate", {"--all", "--wait"});
    CHECK(seen.status == 1);
    CHECK(has(seen.output, "jira: installed\n"));
    CHECK(has(seen.output, "bitbucket: installed\n"));
    CHECK(has(seen.output, "confluence: failed: "));
    CHECK(has(seen.output, "renew the token"));
    CHECK(seen.output.ends_with("\n2 of 3 done, 1 failed\n"));
    for (const char* name : {"jira", "bitbucket", "confluence"})
        CHECK(scene.truth(name).at("in_step") == true);
}

TEST_CASE("rotate --wait goes on when the daemon is killed before the key was asked for, and asks again") {
    live scene;
    scene.begin();
    scene.fault("status", "hold");
    typed waits(scene, "rotate", {"jira", "--wait"});
    scene.wait_for_request("status", "jira", 2);
    scene.kill();
    waits.wait_for_text("the daemon does not answer; it is asked again\n");
    CHECK_FALSE(waits.has_ended());
    scene.start();
    CHECK(waits.wait_for_exit() == 0);
    CHECK(waits.output().ends_with("jira: installed\n1 of 1 done\n"));
    CHECK(scene.truth("jira").at("regenerates") == 2);
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("rotate --wait goes on when the daemon is killed in the key gap") {
    live scene;
    scene.begin();
    scene.fault("install", "hold", {{"apply", false}});
    typed waits(scene, "rotate", {"jira", "--wait"});
    scene.wait_for_request("install", "jira", 2);
    scene.kill();
    waits.wait_for_text("the daemon does not answer; it is asked again\n");
    scene.start();
    CHECK(waits.wait_for_exit() == 0);
    CHECK(waits.output().ends_with("jira: installed\n1 of 1 done\n"));
    scene.wait_for_health("/healthz/jira", [](const json& seen) { return seen.at("status") == "ok"; });
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("rotate without a daemon exits 69 and says how to do without") {
    live scene;
    scene.begin();
    CHECK(scene.stop() == 0);
    const auto seen = scene.tell("rotate", {"jira", "--wait"});
    CHECK(seen.status == 69);
    CHECK(has(seen.output,
              "  -> start it (systemctl start tunnelkeyd), or: tunnelkeyd run --once --tunnel jira"));
    CHECK(scene.run({"--once", "--tunnel", "jira"}) == 0);
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("Ctrl-C ends the waiting of rotate, and not the rotation") {
    live scene;
    scene.begin();
    scene.fault("status", "hold");
    typed waits(scene, "rotate", {"jira", "--wait"});
    scene.wait_for_request("status", "jira", 2);
    waits.signal(SIGINT);
    CHECK(waits.wait_for_exit() == 1);
    CHECK(has(waits.output(), "no longer waited for: what is in flight goes on"));
    scene.simulator.control().post("/release", json::object());
    scene.wait_for("rotation.installed", "jira", 2);
    CHECK(scene.truth("jira").at("in_step") == true);
}
