#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>

using namespace tunnelkeyd;
using nlohmann::json;
using support::rig;

namespace {

bool is_paused(const json& health) {
    const auto& problems = health.at("problems");
    return std::any_of(problems.begin(), problems.end(),
                       [](const json& each) { return each.at("code") == "paused"; });
}

/// On one line.
std::string flat(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

TEST_CASE("a paused tunnel does not rotate and is degraded, and rotates once it is resumed") {
    rig scene(2);
    const auto paused = scene.tell("pause", {"jira"});
    CHECK(paused.status == 0);
    CHECK(paused.output.starts_with("jira: paused since 20"));
    scene.start();
    scene.wait_for("rotation.installed", "confluence");
    const auto health = scene.health("/healthz/jira");
    CHECK(health.status == 200);
    CHECK(json::parse(health.body).at("status") == "degraded");
    CHECK(is_paused(json::parse(health.body)));
    const auto status = json::parse(scene.health("/status").body);
    for (const auto& each : status.at("tunnels"))
        CHECK((each.at("state") == "paused") == (each.at("name") == "jira"));
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.stop() == 0);

    CHECK(scene.tell("resume", {"jira"}).output == "jira: resumed; it rotates by its schedule\n");
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    CHECK_FALSE(is_paused(json::parse(scene.health("/healthz/jira").body)));
    CHECK(scene.stop() == 0);
}

TEST_CASE("a paused tunnel rotates all the same when a person asks for it, and stays paused") {
    rig scene(1);
    REQUIRE(scene.tell("pause", {"jira"}).status == 0);
    CHECK(scene.run({"--once"}) == 0);
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.run({"--once", "--tunnel", "jira"}) == 0);
    CHECK(scene.truth("jira").at("regenerates") == 1);
    CHECK(scene.tell("pause", {"jira"}).output.find("was paused already") != std::string::npos);
}

TEST_CASE("pausing twice keeps the first time, and resuming twice changes nothing") {
    const rig scene(2);
    const auto first = json::parse(scene.tell("pause", {"jira", "confluence", "--json"}).output).at("tunnels");
    REQUIRE(first.size() == 2);
    CHECK(first[0].at("tunnel") == "jira");
    CHECK(first[0].at("changed") == true);
    CHECK(first[0].at("key_gap_open") == false);
    const auto again = json::parse(scene.tell("pause", {"jira", "jira", "--json"}).output).at("tunnels");
    REQUIRE(again.size() == 1);
    CHECK(again[0].at("changed") == false);
    CHECK(again[0].at("paused_at") == first[0].at("paused_at"));
    CHECK(json::parse(scene.tell("resume", {"jira", "--json"}).output).at("tunnels")[0].at("changed") == true);
    const auto resumed = json::parse(scene.tell("resume", {"jira", "--json"}).output).at("tunnels")[0];
    CHECK(resumed.at("changed") == false);
    CHECK(resumed.at("paused_at").is_null());
    CHECK(scene.tell("resume", {"jira"}).output == "jira: was not paused\n");
}

TEST_CASE("an open key gap is finished though its tunnel is paused, and pause says so") {
    rig scene(1);
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0);
    REQUIRE(scene.run({"--once", "--max-wait", "500ms"}) == 1);
    const auto paused = scene.tell("pause", {"jira"});
    CHECK(paused.status == 0);
    CHECK(flat(paused.output).find("the rotation under way is finished all the same") != std::string::npos);
    scene.simulator.control().del("/faults");
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 1);  // with the key that was sealed
    CHECK(scene.stop() == 0);
}

TEST_CASE("beside a running daemon a tunnel is paused at once and over restarts, and resumed at once") {
    rig scene(2);
    scene.start();
    scene.wait_for("rotation.installed", "jira");
    scene.wait_for("rotation.installed", "confluence");
    const auto paused = scene.tell("pause", {"jira"});
    CHECK(paused.status == 0);
    CHECK(is_paused(json::parse(scene.health("/healthz/jira").body)));
    CHECK_FALSE(scene.wait_for("tunnel.paused", "jira").at("by").get<std::string>().empty());

    CHECK(scene.tell("rotate", {"jira", "--wait"}).output == "jira: installed\n1 of 1 done\n");
    CHECK(scene.truth("jira").at("regenerates") == 2);
    CHECK(is_paused(json::parse(scene.health("/healthz/jira").body)));

    scene.kill();
    scene.start();
    scene.wait_for("supervisor.started", "", 2);
    CHECK(is_paused(json::parse(scene.health("/healthz/jira").body)));
    const auto again = scene.tell("pause", {"jira"});
    CHECK(again.output.starts_with("jira: was paused already, since 20"));
    CHECK(scene.tell("resume", {"jira"}).output == "jira: resumed; it rotates by its schedule\n");
    CHECK_FALSE(is_paused(json::parse(scene.health("/healthz/jira").body)));
    CHECK(scene.stop() == 0);
}

TEST_CASE("pause and resume print the same with a daemon and without one") {
    rig scene(2);
    const auto all = [&] {
        std::string seen;
        for (const char* command : {"resume", "pause", "pause", "resume"}) {
            seen += scene.tell(command, {"jira", "confluence", "jira"}).output;
            auto told = json::parse(scene.tell(command, {"jira", "--json"}).output);
            auto& at = told.at("tunnels").at(0).at("paused_at");
            seen += at.is_null() ? told.dump() : (at = "T", told.dump());
        }
        return std::regex_replace(seen, std::regex("20[0-9-]+T[0-9:]+Z"), "T");
    };
    const auto without = all();
    scene.start();
    scene.wait_for("control.listening");
    scene.wait_for("rotation.installed", "jira");
    scene.wait_for("rotation.installed", "confluence");
    CHECK(all() == without);
    CHECK(scene.stop() == 0);
}

TEST_CASE("pausing beside a daemon with the gap open says that it is closed all the same, and so it is") {
    rig scene;
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0);
    scene.start();
    scene.wait_for_request("install");
    const auto paused = scene.tell("pause", {"jira"});
    CHECK(paused.status == 0);
    CHECK(flat(paused.output).find("the rotation under way is finished all the same") != std::string::npos);
    scene.simulator.control().del("/faults");
    scene.wait_for("rotation.installed", "jira");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(is_paused(json::parse(scene.health("/healthz/jira").body)));
}

TEST_CASE("pause and resume beside a run --once exit 75, and say who has the store") {
    rig scene(1);
    scene.fault("install", "hold");
    scene.start({"--once"});
    scene.wait_for_request("install");
    for (const char* command : {"pause", "resume"}) {
        const auto seen = scene.tell(command, {"jira"});
        CHECK(seen.status == 75);
        CHECK(seen.output.find("another tunnelkeyd (pid " + std::to_string(scene.daemon().pid()) + ")") !=
              std::string::npos);
    }
}

TEST_CASE("a tunnel that the configuration does not have exits 64, and none is paused") {
    const rig scene(1);
    const auto seen = scene.tell("pause", {"jira", "nobody"});
    CHECK(seen.status == 64);
    CHECK(seen.output.find("nobody: the configuration has no tunnel of that name") != std::string::npos);
    CHECK(scene.tell("resume", {"jira"}).output == "jira: was not paused\n");
}
