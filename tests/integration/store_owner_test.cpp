#include "live.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

// Whoever opens the state store of another user would leave files in it that this one's daemon cannot open.

using tunnelkeyd::support::has;
using tunnelkeyd::support::outcome;
using tunnelkeyd::support::rig;

namespace {

/// Everything that opens the store to write to it, and can where no gap is open.
std::vector<outcome> all_that_write(const rig& scene) {
    return {scene.tell("run"), scene.tell("run", {"--once"}), scene.tell("pause", {"jira"}),
            scene.tell("resume", {"jira"})};
}

}  // namespace

TEST_CASE("no store is opened for another user than the directory's owner, and nothing is left in it") {
    const rig scene;
    std::filesystem::create_directory(scene.state_directory());
    if (::geteuid() != 0 || ::chown(scene.state_directory().c_str(), 65534, 65534) != 0) {
        std::cout << "skipped: giving a directory away takes root\n";
        return;
    }
    REQUIRE(::chmod(scene.state_directory().c_str(), 0700) == 0);
    for (const auto& seen : all_that_write(scene)) {
        CHECK(seen.status == 1);
        CHECK(has(seen.output, scene.state_directory().string() + " belongs to uid 65534"));
        CHECK(has(seen.output, "sudo -u nobody tunnelkeyd"));
    }
    CHECK(std::filesystem::is_empty(scene.state_directory()));
    CHECK(scene.tell("status").status == 0);
    CHECK(scene.requests("regenerate").empty());
}

TEST_CASE("a state directory that everybody may write into is not used") {
    const rig scene;
    std::filesystem::create_directory(scene.state_directory());
    REQUIRE(::chmod(scene.state_directory().c_str(), 0777) == 0);
    for (const auto& seen : all_that_write(scene)) {
        CHECK(seen.status == 1);
        CHECK(has(seen.output, "chmod o-w " + scene.state_directory().string()));
    }
    CHECK(scene.tell("preflight").status == 1);
    CHECK(std::filesystem::is_empty(scene.state_directory()));
    REQUIRE(::chmod(scene.state_directory().c_str(), 0775) == 0);
    CHECK(scene.tell("run", {"--once"}).status == 0);
}
