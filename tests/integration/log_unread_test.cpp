#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using tunnelkeyd::support::rig;

TEST_CASE("a log that nobody reads holds no rotation up, least of all between a new key and its installation") {
    rig scene(3);
    const auto pipe = scene.directory() / "log";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int reader = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(reader >= 0);
    REQUIRE(::fcntl(reader, F_SETPIPE_SZ, 4096) >= 4096);
    scene.under = {"/bin/sh", "-c", R"(exec "$@" 2>"$0")", pipe};
    scene.start();
    static_cast<void>(scene.simulator.control().get("/wait?call=install&answered=1&timeout=30&count=3"));
    for (const auto& each : scene.config.at("tunnels"))
        CHECK(scene.truth(each.at("name")).at("in_step") == true);
    CHECK(scene.tell("pause", {"jira"}).status == 0);
    CHECK(scene.stop() == 0);
    ::close(reader);
}
