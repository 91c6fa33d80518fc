#include "support/notify_socket.hpp"
#include "support/places.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>

// What systemd hears, and when it would have ended the daemon.

using namespace std::chrono_literals;
using nlohmann::json;
using tunnelkeyd::support::child_process;
using tunnelkeyd::support::daemon_program;
using tunnelkeyd::support::notify_socket;
using tunnelkeyd::support::rig;

namespace {

/// The longest time without a sign of life, from the first to the last.
std::chrono::milliseconds longest_silence(const notify_socket& manager) {
    std::vector<std::chrono::steady_clock::time_point> signs;
    for (const auto& message : manager.messages())
        if (message.text.find("WATCHDOG=1") != std::string::npos)
            signs.push_back(message.at);
    std::chrono::steady_clock::duration longest{0};
    for (std::size_t i = 1; i < signs.size(); ++i)
        longest = std::max(longest, signs[i] - signs[i - 1]);
    return std::chrono::ceil<std::chrono::milliseconds>(longest);
}

std::size_t signs_of_life(const notify_socket& manager) {
    return static_cast<std::size_t>(
        std::count_if(manager.messages().begin(), manager.messages().end(),
                      [](const auto& message) { return message.text == "WATCHDOG=1"; }));
}

}  // namespace

TEST_CASE("systemd hears that it is ready, what it is doing, that it reloads, and that it stops") {
    rig scene(2);
    scene.config["defaults"]["schedule"] = {{"every", "30d"}};
    notify_socket manager(scene.directory() / "notify");
    scene.start({}, {manager.variable()});
    const auto ready = manager.wait_for("READY=1");
    CHECK(ready.text.find("STATUS=2 tunnels, 0 rotating, next ") != std::string::npos);
    CHECK(scene.health("/readyz").status == 200);

    scene.config["tunnels"].erase(1);
    scene.reload();
    CHECK(manager.wait_for("RELOADING=1").text.find("MONOTONIC_USEC=") != std::string::npos);
    CHECK(manager.wait_for("READY=1").text.find("STATUS=1 tunnel, 0 rotating, next jira at ") !=
          std::string::npos);

    CHECK(scene.stop() == 0);
    manager.wait_for("STOPPING=1");
}

TEST_CASE("a reload that fails ends in READY too, with the old configuration") {
    rig scene;
    notify_socket manager(scene.directory() / "notify");
    scene.start({}, {manager.variable()});
    manager.wait_for("READY=1");
    scene.config["tunels"] = json::array();
    scene.reload();
    manager.wait_for("RELOADING=1");
    manager.wait_for("READY=1");
    CHECK(scene.events("reload.failed").size() == 1);
}

TEST_CASE("a reload that the end overtakes does not tell systemd that the daemon is ready") {
    rig scene;
    notify_socket manager(scene.directory() / "notify");
    scene.fault("install", "hold", {{"apply", true}});
    scene.start({}, {manager.variable()});
    scene.wait_for_request("install");
    scene.write_config();
    {
        // So long that it is still being read when the second signal comes.
        std::ofstream file(scene.directory() / "config.yaml", std::ios::app);
        for (int i = 0; i < 60'000; ++i)
            file << "\n# a comment of fifty characters, or a few of them more";
    }
    scene.daemon().signal(SIGHUP);
    scene.wait_for("reload.begun");
    scene.daemon().signal(SIGTERM);
    scene.wait_for("reload.skipped");
    scene.simulator.control().post("/release", json::object());
    CHECK(scene.daemon().wait_for_exit() == 0);
    manager.wait_for("STOPPING=1");
    manager.listen_for(100ms);
    CHECK(manager.messages().back().text == "STOPPING=1");
}

TEST_CASE("two thousand rotations keep the event loop busy, and the watchdog is fed all the same") {
    rig scene(2000);
    scene.config["log"]["level"] = "info";
    scene.config["cloud"]["max_in_flight"] = 64;
    notify_socket manager(scene.directory() / "notify");
    constexpr auto limit = 3s;
    scene.start(
        {}, {manager.variable(), "WATCHDOG_USEC=" + std::to_string(std::chrono::microseconds(limit).count())});
    manager.wait_for("READY=1");
    const auto deadline = std::chrono::steady_clock::now() + 4 * tunnelkeyd::support::patience;
    while (scene.events("rotation.installed").size() < 2000) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        manager.listen_for(500ms);
    }
    CHECK(signs_of_life(manager) >= 2);
    CHECK(longest_silence(manager) < limit);
}

TEST_CASE("an event loop that hangs starves the watchdog, which is fed again once it turns") {
    rig scene;
    scene.config["health"]["listen"] = "none";
    scene.write_config();
    notify_socket manager(scene.directory() / "notify");
    const child_process daemon(daemon_program(), {"run", "--config", scene.directory() / "config.yaml"},
                               scene.directory() / "output", {manager.variable(), "WATCHDOG_USEC=600000"});
    manager.wait_for("WATCHDOG=1");

    // Its main thread alone is held, which is the loop's: another one's signs of life would still come.
    REQUIRE(::ptrace(PTRACE_SEIZE, daemon.pid(), nullptr, nullptr) == 0);
    REQUIRE(::ptrace(PTRACE_INTERRUPT, daemon.pid(), nullptr, nullptr) == 0);
    REQUIRE(::waitpid(daemon.pid(), nullptr, __WALL) == daemon.pid());
    manager.listen_for(100ms);  // what it had said
    const auto before = signs_of_life(manager);
    manager.listen_for(1500ms);
    CHECK(signs_of_life(manager) == before);

    REQUIRE(::ptrace(PTRACE_DETACH, daemon.pid(), nullptr, nullptr) == 0);
    manager.wait_for("WATCHDOG=1");
}
