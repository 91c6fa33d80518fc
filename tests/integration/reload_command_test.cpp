#include "live.hpp"

// `reload`, which waits for what comes of it.

using nlohmann::json;
using tunnelkeyd::support::child_process;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;
using tunnelkeyd::support::outcome;
using tunnelkeyd::support::shell;
using tunnelkeyd::support::write_file;

namespace {

/// As systemd has it, who gives the daemon its directory and commands the default: with a file that cannot be
/// used they ask there.
outcome reload_with(const live& scene, const std::string& file) {
    write_file(scene.directory() / "config.yaml", file);
    return shell(scene.directory(), "RUNTIME_DIRECTORY='" + scene.directory().string() +
                                        "' tunnelkeyd reload --config config.yaml");
}

}  // namespace

TEST_CASE("reload says what changed, once it is in force") {
    live scene(3);
    const auto last = scene.config["tunnels"][2];
    scene.config["tunnels"].erase(2);
    scene.begin();
    const auto nothing = scene.tell("reload");
    CHECK(nothing.status == 0);
    CHECK(nothing.output == "the configuration is in force; tunnels: 2 unchanged\n");

    scene.config["tunnels"][1]["schedule"] = {{"every", "2h"}};
    scene.config["tunnels"][0] = last;
    const auto seen = scene.tell("reload");
    CHECK(seen.status == 0);
    CHECK(seen.output == "the configuration is in force; tunnels: 1 added, 1 removed, 1 changed\n");
    scene.wait_for("rotation.installed", last.at("name"));
    CHECK(scene.tell("status", {"jira"}).status == 64);
    const auto changes = json::parse(scene.tell("reload", {"--json"}).output).at("changes");
    CHECK(changes.at("unchanged") == 2);
    CHECK_FALSE(scene.wait_for("reload.requested").at("by").get<std::string>().empty());
}

TEST_CASE("reload of a file with errors prints all of them, exits 78, and the old one stays in force") {
    live scene;
    scene.begin();
    const auto seen = reload_with(scene, "version: 1\ntunels: []\nlog: {level: loud}\n");
    CHECK(seen.status == 78);
    CHECK(has(seen.output, "config.yaml:2:1: tunels"));
    CHECK(has(seen.output, "config.yaml:3:14: log.level"));
    const auto status = scene.tell("status");  // with the good file again
    CHECK(status.status == 0);
    CHECK(has(status.output, "reload_failed"));
    CHECK(scene.tell("rotate", {"jira", "--wait"}).status == 0);

    CHECK(scene.tell("reload").status == 0);
    CHECK_FALSE(has(scene.tell("status").output, "reload_failed"));
}

TEST_CASE("reload says that another control socket counts from the next start") {
    live scene;
    scene.begin();
    const auto before = scene.config;
    auto moved = scene.config;
    moved["control"]["socket"] = scene.directory() / "moved.sock";
    moved["health"]["listen"] = "0.0.0.0:0";
    write_file(scene.directory() / "config.yaml", moved.dump());
    // A command that is given the new file asks at the new place, where nobody listens yet.
    const auto lost = shell(scene.directory(), "tunnelkeyd reload --config config.yaml");
    CHECK(lost.status == 69);
    CHECK(has(lost.output, (scene.directory() / "moved.sock").string()));
    CHECK(has(lost.output, "name the configuration that it runs with"));
    const auto seen =
        shell(scene.directory(), "curl --silent --unix-socket control.sock -X POST http://localhost/v1/reload");
    CHECK(json::parse(seen.output).at("needs_restart") == json{"health.listen", "control.socket"});
    CHECK(has(json::parse(seen.output).at("warnings").at(0), "is not a loopback"));
    CHECK(scene.tell("status").status == 0);
}
