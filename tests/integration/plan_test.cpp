#include "core/time.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using nlohmann::json;
using support::files_in;
using support::rig;

namespace {

json plan_json(const rig& scene, std::vector<std::string> arguments = {}) {
    arguments.emplace_back("--json");
    const auto seen = scene.tell("plan", arguments);
    INFO(seen.output);
    REQUIRE(seen.status == 0);
    return json::parse(seen.output);
}

bool has_note(const json& seen, const std::string& part) {
    const auto& notes = seen.at("notes");
    return std::any_of(notes.begin(), notes.end(), [&](const json& note) {
        return note.get<std::string>().find(part) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("plan needs no store: it takes each tunnel to be seen first now, says so, and makes nothing") {
    const rig scene(2);
    const auto seen = plan_json(scene, {"--for", "3h"});
    CHECK(has_note(seen, "there is no state store in " + scene.state_directory().string() + " yet"));
    std::vector<std::string> reasons;
    for (const auto& each : seen.at("rotations"))
        reasons.push_back(each.at("reason"));
    CHECK(reasons ==
          std::vector<std::string>{"first", "first", "every", "every", "every", "every", "every", "every"});
    CHECK_FALSE(std::filesystem::exists(scene.state_directory()));
}

TEST_CASE("plan reads the store that a run left, and leaves it as it was") {
    rig scene(1);
    scene.config["defaults"]["schedule"]["every"] = "10d";
    REQUIRE(scene.run({"--once"}) == 0);
    const auto before = files_in(scene.state_directory());
    const auto done = core::parse_iso8601(scene.wait_for("rotation.installed").at("time").get<std::string>());
    const auto seen = plan_json(scene, {"--for", "15d"});
    REQUIRE(seen.at("rotations").size() == 1);
    const auto at = core::parse_iso8601(seen.at("rotations")[0].at("at").get<std::string>());
    REQUIRE((done && at));
    CHECK(*at - (*done + std::chrono::days(10)) > -2s);
    CHECK(*at - (*done + std::chrono::days(10)) < 60s);
    CHECK(seen.at("rotations")[0].at("tunnel") == "jira");
    CHECK(seen.at("rotations")[0].at("reason") == "every");
    CHECK(files_in(scene.state_directory()) == before);
}

TEST_CASE("plan reads the store of a daemon that runs, and says what that daemon says is next") {
    rig scene(1);
    scene.config["defaults"]["schedule"] = {{"first", "now"}, {"cron", "30 3 * * 6"}, {"jitter", "12h"}};
    scene.start();
    scene.wait_for("rotation.installed");
    const auto status = scene.wait_for_health("/status", [](const json& seen) {
        return seen.at("tunnels")[0].at("state") == "idle" &&
               !seen.at("tunnels")[0].at("last_success").is_null();
    });
    const auto seen = plan_json(scene, {"--for", "14d"});
    REQUIRE_FALSE(seen.at("rotations").empty());
    const auto next = status.at("tunnels")[0].at("next").at("at").get<std::string>();
    CHECK(seen.at("rotations")[0].at("at").get<std::string>().substr(0, 19) == next.substr(0, 19));
    CHECK(seen.at("rotations")[0].at("reason") == "cron");
    CHECK_FALSE(has_note(seen, "state store"));
    CHECK(scene.stop() == 0);
}

TEST_CASE("plan reads the store that a killed daemon left, and the next one goes on with it") {
    rig scene(1);
    scene.start();
    scene.wait_for("rotation.installed");
    scene.kill();
    const auto seen = plan_json(scene, {"--for", "90m"});
    CHECK_FALSE(has_note(seen, "state store"));
    CHECK(seen.at("rotations").size() == 1);
    scene.start();
    scene.wait_for("supervisor.started", "", 2);
    CHECK(scene.stop() == 0);
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("plan for people has a table and a calendar, within a range of its own") {
    rig scene(1);
    scene.config["defaults"]["schedule"] = {{"cron", "0 2 * * 6"}, {"time_zone", "Europe/Berlin"}};
    const auto seen = scene.tell("plan", {"--from", "2099-01-01", "--for", "14d"});
    CHECK(seen.status == 0);
    CHECK(seen.output.find("2 rotations from 2099-01-01T00:00:00Z to 2099-01-15T00:00:00Z") !=
          std::string::npos);
    CHECK(seen.output.find("Sat 2099-01-03 02:00 CET  jira    cron\n") != std::string::npos);
    CHECK(seen.output.find("January 2099, rotations a day (UTC)") != std::string::npos);
    CHECK(seen.output.find('\x1b') == std::string::npos);
}

TEST_CASE("plan says which credential and which API key end before a rotation needs them") {
    rig scene(1);
    scene.config["defaults"]["schedule"] = {{"cron", "0 2 * * 6"}};
    scene.config["tunnels"][0]["instance"]["auth"]["expires"] = "2099-01-08";
    scene.config["organizations"][0]["api_key_expires"] = "2099-01-03";
    const auto seen = plan_json(scene, {"--from", "2099-01-01", "--for", "14d"});
    CHECK(has_note(
        seen, "jira: the instance credential ends on 2099-01-08, and the rotation at 2099-01-10T02:00:00Z"));
    CHECK(has_note(seen,
                   "the organization's API key ends on 2099-01-03, and 2 rotations from 2099-01-03T02:00:00Z"));
}

TEST_CASE("plan notes a store that cannot be read, and plans without it") {
    const rig scene(1);
    support::write_file(scene.state_directory() / "state.db", "no database");
    CHECK(has_note(plan_json(scene, {"--for", "1h"}), "the state store cannot be read"));
}

TEST_CASE("plan with wrong words exits 64 and says which, and with a wrong configuration 78") {
    rig scene(1);
    CHECK(scene.tell("plan", {"--from", "tomorrow"}).status == 64);
    CHECK(scene.tell("plan", {"--for", "soon"}).output.find("\"soon\" is not a duration") != std::string::npos);
    scene.config["defaults"]["schedule"]["every"] = "1s";
    const auto many = scene.tell("plan", {"--for", "365d"});
    CHECK(many.status == 64);
    CHECK(many.output.find("choose a shorter --for") != std::string::npos);
    scene.config["version"] = 9;
    CHECK(scene.tell("plan").status == 78);
}
