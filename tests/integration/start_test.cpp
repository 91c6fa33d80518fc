#include "support/rig.hpp"

#include <catch2/catch.hpp>

// A start that fails says why, and what to do, and ends with the status that tells systemd whether to try
// again.

using tunnelkeyd::support::rig;
using tunnelkeyd::support::write_file;

TEST_CASE("a health address that is taken is said, and may be free later: exit 75") {
    rig scene;
    scene.start();
    const auto address = scene.wait_for("health.listening").at("address").get<std::string>();
    rig other;
    other.config["health"]["listen"] = address;
    CHECK(other.run() == 75);
    CHECK(other.log().find(address) != std::string::npos);
    CHECK(other.log().find("health.listen") != std::string::npos);
    CHECK(scene.stop() == 0);
}

TEST_CASE("that another daemon holds the store says more than that its address is taken") {
    rig scene;
    scene.start();
    const auto address = scene.wait_for("health.listening").at("address").get<std::string>();
    scene.wait_for("supervisor.started");
    rig other;
    other.config["health"]["listen"] = address;
    other.config["state"] = scene.config["state"];
    CHECK(other.run() == 75);
    CHECK(other.log().find(scene.state_directory().string()) != std::string::npos);
    CHECK(scene.stop() == 0);
}

TEST_CASE("a sealing key that is none is a mistake in the configuration: exit 78") {
    rig scene;
    write_file(scene.directory() / "secrets" / "sealing", "too short\n");
    scene.config["state"]["sealing_key"] = {{"file", scene.directory() / "secrets" / "sealing"}};
    CHECK(scene.run() == 78);
    CHECK(scene.log().find("sealing") != std::string::npos);
}

TEST_CASE("a state directory that is damaged is left alone, and said so: exit 1") {
    rig scene;
    std::filesystem::create_directories(scene.state_directory());
    write_file(scene.state_directory() / "state.db", std::string(8192, 'x'));
    CHECK(scene.run() == 1);
    CHECK(scene.log().find("state.db") != std::string::npos);
}

TEST_CASE("without endpoints the daemon rotates all the same") {
    rig scene;
    scene.config["health"]["listen"] = "none";
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.events("health.listening").empty());
    CHECK(scene.stop() == 0);
}
