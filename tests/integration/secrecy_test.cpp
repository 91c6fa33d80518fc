#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using tunnelkeyd::support::read_file;
using tunnelkeyd::support::rig;

namespace {

#ifdef TUNNELKEYD_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// All readable memory of a process, through /proc/PID/mem: needs root.
std::string memory_of(pid_t pid) {
    const std::string proc = "/proc/" + std::to_string(pid);
    std::ifstream maps(proc + "/maps");
    std::ifstream memory(proc + "/mem", std::ios::binary);
    std::string all;
    for (std::string line; std::getline(maps, line);) {
        std::uint64_t from = 0;
        std::uint64_t to = 0;
        char dash = 0;
        std::string access;
        std::istringstream(line) >> std::hex >> from >> dash >> to >> access;
        if (!access.starts_with("rw") || line.find("[v") != std::string::npos)
            continue;
        std::string block(to - from, '\0');
        memory.clear();
        memory.seekg(static_cast<std::streamoff>(from));
        memory.read(block.data(), static_cast<std::streamsize>(block.size()));
        all += block;
    }
    return all;
}

/// Rotations with every kind of trouble that makes somebody write something down.
void rotate_with_trouble(rig& scene) {
    scene.fault("regenerate", "malformed", {{"apply", true}}, 1, "jira");
    scene.fault("regenerate", "truncate", {{"apply", true}}, 1, "jira");
    scene.fault("install", "status", {{"status", 400}, {"apply", false}}, 2, "jira");
    scene.fault("install", "login_page", nlohmann::json::object(), 1, "jira");
    scene.start();
    scene.wait_for("rotation.installed", "jira");
}

std::string endpoints_of(rig& scene) {
    std::string all;
    for (const char* path :
         {"/livez", "/readyz", "/healthz", "/healthz/jira", "/status", "/metrics", "/nowhere"})
        all += scene.health(path).body;
    return all;
}

}  // namespace

TEST_CASE("no key and no credential appears in the log at trace, nor in the state directory") {
    rig scene(2);
    rotate_with_trouble(scene);
    scene.wait_for("rotation.installed", "confluence");
    const auto secrets = scene.secrets();
    REQUIRE(secrets.size() >= 8);
    CHECK(scene.stop() == 0);
    std::string everything = scene.log();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scene.state_directory()))
        everything += read_file(entry.path());
    for (const auto& secret : secrets)
        CHECK(everything.find(secret) == std::string::npos);
}

TEST_CASE("no key and no credential appears at an endpoint, whatever a peer repeats") {
    rig scene;
    scene.fault("install", "login_page", nlohmann::json::object(), 0);
    scene.config["defaults"]["retry"]["slow"] = {{"initial", "1h"}, {"max", "1h"}};
    scene.start();
    scene.wait_for("rotation.backoff");
    const auto waiting = endpoints_of(scene);
    CHECK(waiting.find("gap_open") != std::string::npos);
    const auto secrets = scene.secrets();
    REQUIRE(secrets.size() >= 4);
    for (const auto& secret : secrets)
        CHECK(waiting.find(secret) == std::string::npos);

    // What somebody wrote in place of a reference, by mistake.
    scene.config["organizations"][0]["api_key"] = "pl41n-s3cr3t";
    scene.config["tunnels"][0]["instance"]["auth"] = {{"bearer", {{"an0ther-s3cr3t", nullptr}}}};
    scene.reload();
    scene.wait_for("reload.failed");
    const auto refused = endpoints_of(scene) + scene.log();
    CHECK(refused.find("reload_failed") != std::string::npos);
    CHECK(refused.find("s3cr3t") == std::string::npos);
}

TEST_CASE("a key that waits for its installation is on disk, sealed") {
    rig scene;
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0);
    scene.start();
    scene.wait_for("install.retry", "jira", 2);
    scene.kill();
    const std::string key = scene.truth("jira").at("cloud_key");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scene.state_directory()))
        CHECK(read_file(entry.path()).find(key) == std::string::npos);
    scene.simulator.control().del("/faults");
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.truth("jira").at("instance_key") == key);
}

TEST_CASE("once it is installed, the key is nowhere in the daemon's memory") {
    if (sanitized) {
        WARN("skipped: the sanitizers keep freed memory");
        return;
    }
    if (::geteuid() != 0) {
        WARN("skipped: reading another process's memory needs root");
        return;
    }
    rig scene(2);
    scene.fault("install", "status", {{"status", 503}, {"apply", false}}, 0, "confluence");
    rotate_with_trouble(scene);
    scene.wait_for("install.retry", "confluence");
    const std::string pending = scene.truth("confluence").at("cloud_key");
    REQUIRE(memory_of(scene.daemon().pid()).find(pending) != std::string::npos);  // so the search sees keys

    scene.simulator.control().del("/faults");
    scene.wait_for("rotation.installed", "confluence");
    const auto memory = memory_of(scene.daemon().pid());
    // Their ends: an allocator writes over the beginning of a freed block by itself.
    for (const auto& secret : scene.secrets())
        CHECK(memory.find(secret.substr(secret.size() - 12)) == std::string::npos);
}
