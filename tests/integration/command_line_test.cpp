#include "live.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::support::child_process;
using tunnelkeyd::support::has;
using tunnelkeyd::support::read_file;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::shell;
using tunnelkeyd::support::tell;
using tunnelkeyd::support::temporary_directory;
using tunnelkeyd::support::write_file;

TEST_CASE("version prints the version, help prints help, and both exit 0") {
    CHECK(tell({"version"}).output.starts_with("tunnelkeyd "));
    CHECK(nlohmann::json::parse(tell({"version", "--json"}).output).contains("version"));
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--help"}, {"run", "--help"}, {"check", "--help"}})
        CHECK(tell(words).status == 0);
}

TEST_CASE("the option --version prints what version prints") {
    const auto seen = tell({"--version"});
    CHECK(seen.status == 0);
    CHECK(seen.output == tell({"version"}).output);
}

TEST_CASE(
    "output that cannot be written is said, and ends with a status of its own where nothing else failed") {
    const rig scene;
    scene.write_config();
    const auto with = " --config '" + (scene.directory() / "config.yaml").string() + "' >/dev/full";
    for (const std::string command : {"check", "version", "--help", "status", "plan", "history", "pending"}) {
        const auto seen = shell(scene.directory(), "tunnelkeyd " + command + with);
        CHECK(seen.status == 74);
        CHECK(seen.output.starts_with("tunnelkeyd: the output could not be written"));
        CHECK(seen.output.ends_with("\n  -> make room where it goes; nothing else went wrong\n"));
    }
    CHECK(has(shell(scene.directory(), "tunnelkeyd version" + with).output, ": No space left on device\n"));
    const auto failed = shell(scene.directory(), "tunnelkeyd preflight >/dev/full --config nowhere");
    CHECK(failed.status == 78);
}

TEST_CASE("whoever reads no further misses nothing, and nothing is said of it") {
    const rig scene;
    scene.write_config();
    const auto seen =
        shell(scene.directory(), "tunnelkeyd plan --for 3650d --config '" +
                                     (scene.directory() / "config.yaml").string() + "' --json | head -c 12");
    CHECK(seen.output == "{\"rotations\"");
    CHECK(seen.status == 0);
}

TEST_CASE("a command line that is wrong exits 64") {
    for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                   {"fly"},
                                                                   {"run", "--tunnel", "jira"},
                                                                   {"run", "--once", "--max-wait", "soon"},
                                                                   {"run", "--wat"}})
        CHECK(tell(words).status == 64);
}

TEST_CASE("a configuration with errors exits 78 and lists all of them with their places") {
    const temporary_directory directory;
    const auto file = directory.path() / "config.yaml";
    write_file(file, "version: 1\ntunels: []\nlog: {level: loud}\n");
    for (const char* command : {"check", "run"}) {
        const auto seen = tell({command, "--config", file});
        CHECK(seen.status == 78);
        CHECK(seen.output.find(":2:1: tunels: unknown key; did you mean \"tunnels\"?") != std::string::npos);
        CHECK(seen.output.find(":3:14: log.level:") != std::string::npos);
    }
    CHECK(tell({"check", "--config", directory.path() / "missing"}).status == 78);
}

TEST_CASE("check prints what it understood, and that is a configuration again") {
    rig scene(2);
    const auto file = scene.directory() / "config.yaml";
    write_file(file, scene.config.dump());
    const auto first = tell({"check", "--config", file});
    REQUIRE(first.status == 0);
    write_file(file, first.output);
    CHECK(tell({"check", "--config", file}).output == first.output);
    CHECK(nlohmann::json::parse(tell({"check", "--json", "--config", file}).output).at("tunnels").size() == 2);
}

TEST_CASE("a second daemon on the same state directory exits 75 and leaves the first alone") {
    rig scene;
    scene.start();
    scene.wait_for("rotation.installed");
    const auto second = tell({"run", "--config", scene.directory() / "config.yaml"});
    CHECK(second.status == 75);
    CHECK(second.output.find(scene.state_directory().string()) != std::string::npos);
    CHECK(scene.stop() == 0);
}

TEST_CASE("a state directory that cannot be made is a clear error") {
    rig scene;
    write_file(scene.directory() / "file", "");
    scene.config["state"]["directory"] = scene.directory() / "file" / "state";
    CHECK(scene.run() == 1);
    CHECK(scene.log().find((scene.directory() / "file").string()) != std::string::npos);
}

TEST_CASE("no tunnels at all is valid: the daemon runs, and ends when told to") {
    rig scene;
    scene.config["tunnels"] = nlohmann::json::array();
    scene.start();
    CHECK(scene.wait_for("supervisor.started").at("message") == "no tunnels, none with an open key gap");
    const auto rotated = scene.tell("rotate", {"--all"});
    CHECK(rotated.status == 0);
    CHECK(rotated.output == "the configuration has no tunnels: nothing is rotated\n");
    CHECK(scene.tell("rotate", {"--all", "--wait"}).output == rotated.output);
    CHECK(scene.tell("rotate", {"--all", "--json"}).output == "{\"rotations\":[]}\n");
    CHECK(scene.stop() == 0);
}
