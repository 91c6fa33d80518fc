#include "integration/live.hpp"

#include <catch2/catch.hpp>

#include <set>

// cloud.requests_per_minute against a cloud that counts for itself.

using nlohmann::json;
using tunnelkeyd::support::has;
using tunnelkeyd::support::rig;

namespace {

void wait_for_rotations(rig& scene, int count) {
    static_cast<void>(scene.simulator.control().get("/wait?call=install&answered=1&timeout=90&count=" +
                                                    std::to_string(count)));
    scene.wait_for("rotation.installed", "", static_cast<std::size_t>(count));
}

}  // namespace

TEST_CASE("five hundred tunnels that are due at once all rotate, without one avoidable 429") {
    rig scene(500);
    scene.config["log"]["level"] = "info";
    // 300 in a full bucket, 4 of them at the start, and 17.06 a second. In ten seconds, and in the four by
    // which requests may differ on their way on a busy machine, that is 250; with no limit all 500 would come.
    scene.config["cloud"]["requests_per_minute"] = 1500;
    const auto organization = scene.config["organizations"][0]["name"].get<std::string>();
    scene.simulator.control().post("/organizations/" + organization,
                                   json{{"request_limit", 250}, {"request_window_ms", 10'000}});
    scene.start();

    // What people see meanwhile.
    const auto waiting = scene.wait_for("rate_limit.waiting");
    CHECK(waiting.at("organization") == organization);
    const auto status = scene.tell("status");
    CHECK(has(status.output, "in line for cloud.requests_per_minute"));
    CHECK(has(scene.health("/metrics").body, "tunnelkeyd_rate_limit_waiting{organization=\"" + organization));

    wait_for_rotations(scene, 500);
    CHECK(scene.simulator.control().get("/organizations/" + organization).at("turned_away") == 0);
    std::set<std::string> asked;
    for (const auto& each : scene.requests("regenerate"))
        CHECK(asked.insert(each.at("tunnel")).second);
    CHECK(asked.size() == 500);
    for (const auto& each : scene.config.at("tunnels"))
        CHECK(scene.truth(each.at("name")).at("in_step") == true);
    // More than one wait, where the machine is slow: nobody stands in line while all are still at their
    // preflights.
    CHECK(scene.events("rate_limit.over").size() == scene.events("rate_limit.waiting").size());
}

TEST_CASE("where something else uses up the limit, its organization waits as it is told, and goes on") {
    rig scene(30, {"--organizations", "2"});
    scene.config["log"]["level"] = "info";
    const auto& all = scene.config["organizations"];
    const auto name = all[0]["name"].get<std::string>();
    scene.simulator.control().post("/organizations/" + name,
                                   json{{"request_limit", 5}, {"request_window_ms", 1'000}});
    scene.start();
    wait_for_rotations(scene, 30);
    CHECK(scene.simulator.control().get("/organizations/" + name).at("turned_away") > 0);
    // The other one's never waited.
    const auto other = all[1]["name"].get<std::string>();
    for (const auto& each : scene.events("health.degraded"))
        CHECK(each.value("organization", "") != other);
}
