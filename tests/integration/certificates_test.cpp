#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <string>

using tunnelkeyd::support::rig;

namespace {

std::string at_bad_port(const rig& scene, const std::string& which, const std::string& path) {
    const auto port = scene.simulator.description().at("bad_tls").at(which).get<int>();
    return "https://localhost:" + std::to_string(port) + path;
}

}  // namespace

TEST_CASE("an instance with a bad certificate is never regenerated for, and the log says what is wrong") {
    rig scene;
    const auto [which, words] = GENERATE(table<std::string, std::string>({
        {"expired", "expired"},
        {"self_signed", "self"},
        {"wrong_host", "not for localhost"},
    }));
    scene.config["tunnels"][0]["instance"]["url"] = at_bad_port(scene, which, "/jira");
    scene.start();
    const auto failed = scene.wait_for("preflight.failed");
    CHECK(failed.at("check") == "instance");
    INFO(failed.at("message"));
    CHECK(failed.at("message").get<std::string>().find(words) != std::string::npos);
    CHECK(scene.truth("jira").at("regenerates") == 0);
    CHECK(scene.requests("status").empty());
}

TEST_CASE("the API key is never sent to a cloud with a bad certificate") {
    rig scene;
    const std::string which = GENERATE("expired", "self_signed", "wrong_host");
    scene.config["cloud"]["url"] = at_bad_port(scene, which, "");
    scene.start();
    scene.wait_for("rotation.refused");
    CHECK(scene.stop() == 0);
    CHECK(scene.requests("regenerate").empty());
    CHECK(scene.requests("read_organization").empty());
    CHECK(scene.events("rotation.unknown").empty());
}

TEST_CASE("a server that asks for a client certificate is said to refuse us, not to be unknown") {
    rig scene;
    scene.config["cloud"]["url"] = at_bad_port(scene, "client_certificate", "");
    scene.start();
    scene.wait_for("rotation.refused");
    CHECK(scene.events("rotation.unknown").empty());
    CHECK(scene.truth("jira").at("regenerates") == 0);
}
