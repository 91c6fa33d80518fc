#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using nlohmann::json;
using tunnelkeyd::support::rig;

namespace {

struct row {
    std::string kind;
    json parameters;
    std::string event;  // what must be logged
    int regenerates;    // requests of call 1 until the key is installed
};

json status(int code, bool apply = false) {
    return {{"status", code}, {"apply", apply}};
}

}  // namespace

TEST_CASE("each answer to regenerate is taken for what it is, over real sockets") {
    const std::vector<row> rows = {
        {"status", status(302), "rotation.refused", 2},
        {"redirect", {{"location", "https://localhost:1/"}}, "rotation.refused", 2},
        {"status", status(400), "rotation.refused", 2},
        {"status", status(401), "rotation.refused", 2},
        {"status", status(403), "rotation.refused", 2},
        {"status", status(404), "rotation.refused", 2},
        {"status", status(409), "rotation.refused", 2},
        {"status", status(408, true), "rotation.unknown", 2},
        {"status", status(425), "rotation.unknown", 2},
        {"status", status(499), "rotation.unknown", 2},
        {"status", status(500), "rotation.unknown", 2},
        {"status", status(502, true), "rotation.unknown", 2},
        {"status", status(503), "rotation.unknown", 2},
        {"status", status(504, true), "rotation.unknown", 2},
        {"drop_before", json::object(), "rotation.unknown", 2},
        {"drop_after", json::object(), "rotation.unknown", 2},
        {"reset", {{"apply", false}}, "rotation.unknown", 2},
        {"reset", {{"apply", true}}, "rotation.unknown", 2},
        {"truncate", {{"apply", true}}, "rotation.unknown", 2},
        {"malformed", {{"apply", true}}, "rotation.unknown", 2},
        {"login_page", json::object(), "rotation.unknown", 2},
        {"huge", {{"apply", true}}, "rotation.unknown", 2},
        {"body", {{"body", R"({"token": ""})"}, {"apply", true}}, "rotation.unknown", 2},
        {"body", {{"body", R"({"token": 5})"}, {"apply", true}}, "rotation.unknown", 2},
        {"interim", json::object(), "rotation.minted", 1},
        {"close_idle", json::object(), "rotation.minted", 1},
        {"no_close_notify", json::object(), "rotation.minted", 1},
    };
    for (const auto& each : rows) {
        DYNAMIC_SECTION(each.kind << " " << each.parameters.dump()) {
            rig scene;
            scene.fault("regenerate", each.kind, each.parameters);
            scene.start();
            scene.wait_for(each.event);
            scene.wait_for("rotation.installed");
            CHECK(scene.requests("regenerate").size() == static_cast<std::size_t>(each.regenerates));
            CHECK(scene.truth("jira").at("in_step") == true);
        }
    }
}

TEST_CASE("a regenerate that stalls is given up after its time, and repeated") {
    rig scene;
    scene.config["cloud"]["timeout"] = {{"connect", "5s"}, {"request", "300ms"}};
    scene.fault("regenerate", "stall", {{"apply", true}});
    scene.start();
    scene.wait_for("rotation.unknown");
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("a cloud that cannot be reached refuses: the key is untouched") {
    rig scene;
    scene.config["cloud"]["url"] = "https://localhost:1";
    scene.start();
    scene.wait_for("rotation.refused");
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.events("rotation.unknown").empty());
}

TEST_CASE("a cloud's 429 is waited for as long as it asks") {
    rig scene;
    scene.fault("regenerate", "status", {{"status", 429}, {"retry_after", "2"}, {"apply", false}});
    scene.start();
    const auto wait = scene.wait_for("rotation.backoff");
    CHECK(std::stoi(wait.at("retry_in_ms").get<std::string>()) >= 2000);
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("each answer to install is taken for what it is, over real sockets") {
    const std::vector<row> rows = {
        {"drop_before", json::object(), "install.retry", 1},
        {"drop_after", json::object(), "install.retry", 1},
        {"reset", {{"apply", true}}, "install.retry", 1},
        {"truncate", {{"apply", true}}, "install.retry", 1},
        {"huge", {{"apply", true}}, "install.retry", 1},
        {"status", status(408), "install.retry", 1},
        {"status", status(425), "install.retry", 1},
        {"status", status(429), "install.retry", 1},
        {"status", status(500), "install.retry", 1},
        {"status", status(503, true), "install.retry", 1},
        {"status", status(499), "install.retry", 1},
        {"status", status(401), "install.credentials_refused", 1},
        {"status", status(403), "install.credentials_refused", 1},
        {"status", status(302), "install.credentials_refused", 1},
        {"redirect", {{"location", "https://localhost:1/login"}}, "install.credentials_refused", 1},
        {"login_page", json::object(), "install.credentials_refused", 1},
        {"status", status(404), "install.wrong_url", 1},
        {"status", status(405), "install.wrong_url", 1},
        {"status", status(410), "install.wrong_url", 1},
        {"status", status(400), "install.rejected", 1},
        {"status", status(422), "install.rejected", 1},
        {"interim", json::object(), "rotation.installed", 1},
    };
    for (const auto& each : rows) {
        DYNAMIC_SECTION(each.kind << " " << each.parameters.dump()) {
            rig scene;
            scene.fault("install", each.kind, each.parameters);
            scene.start();
            scene.wait_for(each.event);
            scene.wait_for("rotation.installed");
            CHECK(scene.requests("regenerate").size() == static_cast<std::size_t>(each.regenerates));
            CHECK(scene.truth("jira").at("in_step") == true);
        }
    }
}

TEST_CASE("the fifth rejection of a key asks the cloud for a new one") {
    rig scene;
    scene.fault("install", "status", status(400), 5);
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.events("install.rejected").size() == 5);
    CHECK(scene.truth("jira").at("regenerates") == 2);
    CHECK(scene.truth("jira").at("in_step") == true);
}

TEST_CASE("an instance that calls its tunnel otherwise than the cloud raises an alarm on a finished rotation") {
    rig scene;
    scene.set("jira", {{"install_reply", {{"name", "somebody-else"}}}});
    scene.start();
    scene.wait_for("rotation.name_mismatch");
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("in_step") == true);
}
