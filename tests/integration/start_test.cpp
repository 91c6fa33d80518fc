#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A start that fails says why, and what to do, and ends with the status that tells systemd whether to try
// again.

using tunnelkeyd::support::rig;
using tunnelkeyd::support::write_file;

namespace {

/// Holds SQLite's lock on a database for as long as it lives: whoever opens that waits, for up to 5 s.
class database_lock {
public:
    explicit database_lock(const std::filesystem::path& file)
        : descriptor_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = 0x40000000;
        lock.l_len = 512;
        REQUIRE(::fcntl(descriptor_, F_SETLK, &lock) == 0);
    }
    ~database_lock() { release(); }
    database_lock(const database_lock&) = delete;
    database_lock& operator=(const database_lock&) = delete;

    void release() {
        if (descriptor_ >= 0)
            ::close(std::exchange(descriptor_, -1));
    }

private:
    int descriptor_;
};

/// A daemon whose start waits for its store.
struct opening {
    opening() {
        scene.config["defaults"]["schedule"] = {{"every", "30d"}};
        scene.start();
        scene.wait_for("supervisor.started");
        REQUIRE(scene.stop() == 0);
        lock.emplace(scene.state_directory() / "state.db");
        scene.start();
        scene.wait_for("health.listening", "", 2);
    }

    rig scene;
    std::optional<database_lock> lock;
};

}  // namespace

TEST_CASE_METHOD(opening,
                 "while the store is being opened it is alive, not ready, and does not say that all is well") {
    CHECK(scene.health("/livez").status == 200);
    CHECK(scene.health("/readyz").status == 503);
    CHECK(scene.health("/healthz/jira").status == 503);
    CHECK(nlohmann::json::parse(scene.health("/healthz").body).at("problems").at(0).at("code") == "starting");
    lock.reset();
    scene.wait_for("supervisor.started", "", 2);
    CHECK(scene.health("/readyz").status == 200);
    CHECK(scene.health("/healthz/jira").status == 200);
    CHECK(scene.stop() == 0);
}

TEST_CASE_METHOD(opening, "a reload that is asked for while the store is being opened is done afterwards") {
    scene.config["tunnels"] = nlohmann::json::array();
    scene.reload();
    CHECK(scene.health("/livez").status == 200);
    lock.reset();
    scene.wait_for("supervisor.started", "", 2);
    CHECK(scene.wait_for("reload.done").at("removed") == "1");
    CHECK(scene.stop() == 0);
}

TEST_CASE_METHOD(opening, "a daemon that is ended while it opens the store ends, and begins nothing") {
    scene.daemon().signal(SIGTERM);
    scene.wait_for("daemon.stopping", "", 2);
    CHECK(scene.health("/readyz").body == "stopping\n");
    scene.daemon().signal(SIGHUP);
    lock.reset();
    CHECK(scene.daemon().wait_for_exit() == 0);
    CHECK(scene.events("supervisor.started").size() == 1);
    CHECK(scene.events("reload.begun").empty());
}

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
    CHECK(other.log().find("cannot listen") == std::string::npos);
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

TEST_CASE("a daemon that is started without standard streams prints into nothing that it opens itself") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root may see what a hardened process has open\n";
        return;
    }
    rig scene;
    scene.fault("install", "hold");
    scene.under = {"/bin/sh", "-c", R"(exec "$@" <&- >&- 2>&-)", "sh"};
    scene.start({"--once"});
    scene.wait_for_request("install");
    const std::filesystem::path open = "/proc/" + std::to_string(scene.daemon().pid()) + "/fd";
    for (const char* number : {"0", "1", "2"})
        CHECK(std::filesystem::read_symlink(open / number) == "/dev/null");
}

TEST_CASE("why a start fails is an event of the log where that is JSON, and none has begun") {
    rig scene;
    scene.start();
    scene.wait_for("supervisor.started");
    for (const auto& words : std::vector<std::vector<std::string>>{{}, {"--once"}}) {
        rig other;
        other.config["state"] = scene.config["state"];
        CHECK(other.run(words) == 75);
        const auto failed = other.events("daemon.failed");
        REQUIRE(failed.size() == 1);
        CHECK(failed.front().at("level") == "error");
        CHECK(failed.front().at("message").get<std::string>().find(scene.state_directory()) !=
              std::string::npos);
        CHECK(other.events("daemon.started").empty());
    }
    CHECK(scene.events("daemon.started").size() == 1);
}

TEST_CASE("without endpoints the daemon rotates all the same") {
    rig scene;
    scene.config["health"]["listen"] = "none";
    scene.start();
    scene.wait_for("rotation.installed");
    CHECK(scene.events("health.listening").empty());
    CHECK(scene.stop() == 0);
}
