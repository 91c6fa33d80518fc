#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <list>

// Clients of the health endpoint that misbehave do not disturb rotations, nor a monitor that behaves.

using tunnelkeyd::support::http_get;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::tcp_connection;

namespace {

/// Of this process. The usual limit is 1024, and may be raised.
bool may_open(rlim_t files) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max(limit.rlim_cur, files);
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

}  // namespace

TEST_CASE("a thousand idle connections, slow clients and bad requests disturb neither rotations nor monitors") {
    if (!may_open(2048)) {
        std::cout << "skipped: not as many files may be open\n";
        return;
    }
    rig scene(50);
    scene.config["defaults"]["schedule"] = {{"every", "1ms"}, {"first", "now"}};
    scene.config["log"]["level"] = "info";
    scene.start();
    const auto address = scene.wait_for("health.listening").at("address").get<std::string>();

    std::list<tcp_connection> idle;
    for (int i = 0; i < 1000; ++i)
        idle.emplace_back(address);
    std::list<tcp_connection> slow;
    for (int i = 0; i < 50; ++i) {
        slow.emplace_back(address);
        slow.back().send("GET /healthz HT");
        tcp_connection(address).send("\x16\x03\x01 no HTTP at all\r\n\r\n");
        tcp_connection(address).send("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'));
    }

    const auto before = scene.events("rotation.installed").size();
    scene.wait_for("rotation.installed", "", before + 500);
    CHECK(http_get(address, "/livez").status == 200);
    CHECK(http_get(address, "/readyz").status == 200);
    CHECK(http_get(address, "/metrics").status == 200);
    CHECK(scene.events("rotation.unknown").empty());
    CHECK(scene.events("preflight.failed").empty());
    CHECK(scene.events("install.retry").empty());
    CHECK(scene.stop() == 0);
}
