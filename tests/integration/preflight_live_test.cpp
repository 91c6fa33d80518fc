#include "preflight_examined.hpp"

// Preflight by a running daemon.

using namespace tunnelkeyd;
using support::has;
using support::outline;
using support::rig;

TEST_CASE("preflight by a running daemon prints what it prints without one") {
    rig scene(2);
    scene.config["organizations"][0]["api_key_expires"] = "2999-01-01";
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    scene.wait_for("rotation.installed", "confluence");
    scene.set("confluence", {{"token", "another"}});
    const auto running = scene.tell("preflight");
    const auto as_json = nlohmann::json::parse(scene.tell("preflight", {"jira", "--json"}).output);
    CHECK(scene.stop() == 0);
    const auto alone = scene.tell("preflight");
    CHECK(running.status == 1);
    CHECK(alone.status == 1);
    CHECK(outline(running.output) == outline(alone.output));
    CHECK(has(running.output, "renew the token"));
    CHECK(running.output.ends_with("\n2 tunnels: 1 passed, 1 failed: confluence\n"));
    const auto alone_as_json = nlohmann::json::parse(scene.tell("preflight", {"jira", "--json"}).output);
    const auto& checks = as_json.at("tunnels").at(0).at("checks");
    const auto& checks_alone = alone_as_json.at("tunnels").at(0).at("checks");
    REQUIRE(checks.size() == checks_alone.size());
    for (std::size_t i = 0; i < checks.size(); ++i) {
        CHECK(checks[i].at("check") == checks_alone[i].at("check"));
        CHECK(checks[i].at("result") == checks_alone[i].at("result"));
        CHECK(checks[i].at("remedy") == checks_alone[i].at("remedy"));
    }
    CHECK(scene.truth("jira").at("regenerates") == 1);
    for (const auto& secret : scene.secrets())
        CHECK(running.output.find(secret) == std::string::npos);
}

TEST_CASE("a preflight that passes lets a tunnel rotate that waited for just that, without a reload") {
    rig scene;
    scene.config["defaults"]["retry"]["calm"] = {{"initial", "1h"}, {"max", "1h"}};
    scene.set("jira", {{"token", "another"}});
    scene.start();
    scene.wait_for("rotation.backoff", "jira");
    CHECK(has(scene.tell("status").output, "credentials_refused"));
    CHECK(scene.tell("preflight", {"jira"}).status == 1);
    CHECK(scene.truth("jira").at("regenerates") == 0);

    scene.set("jira", {{"token", scene.simulator.tunnel("jira").at("token")}});
    CHECK(scene.tell("preflight", {"jira"}).status == 0);
    scene.wait_for("rotation.installed", "jira");
    const auto seen = scene.tell("status");
    CHECK(seen.status == 0);
    CHECK(seen.output.starts_with("OK: 1 tunnel, 1 ok"));
    CHECK(scene.events("reload.done").empty());
    CHECK(scene.truth("jira").at("in_step") == true);
}
