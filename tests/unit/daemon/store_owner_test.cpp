#include "daemon/store_owner.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>

using namespace tunnelkeyd;

namespace {

/// A state directory that anybody may look at.
struct place {
    place() {
        REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
        REQUIRE(::mkdir(state.c_str(), 0700) == 0);
    }
    support::temporary_directory directory;
    std::string state = directory / "state";
};

bool is_root() {
    if (::geteuid() == 0)
        return true;
    std::cout << "skipped: only root can give a directory away, and become somebody else\n";
    return false;
}

/// Whether it holds for another user, of whom /etc/passwd knows nothing.
bool as_user_23456(const std::function<bool()>& holds) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(::setuid(23456) == 0 && holds() ? 0 : 1);
    int status = -1;
    ::waitpid(child, &status, 0);
    return status == 0;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a state directory of one's own may be opened, and one that is not there, or is none, says so itself") {
    const place at;
    CHECK_FALSE(daemon::objection_to_opening(at.state));
    CHECK_FALSE(daemon::objection_to_opening(at.state + "/absent"));
    CHECK_FALSE(daemon::objection_to_opening("/dev/null"));
}

TEST_CASE("a state directory that everybody may write into is refused, and chmod named") {
    const place at;
    for (const mode_t mode : {0777, 01777, 0702}) {
        REQUIRE(::chmod(at.state.c_str(), mode) == 0);
        const auto found = daemon::objection_to_opening(at.state);
        REQUIRE(found);
        CHECK_FALSE(found->of_another_user);
        CHECK(has(found->what, "chmod o-w " + at.state));
    }
}

TEST_CASE("another user's state directory is refused, and it is said whom to run it as") {
    const place at;
    if (!is_root())
        return;
    REQUIRE(::chown(at.state.c_str(), 1, 1) == 0);
    const auto found = daemon::objection_to_opening(at.state);
    REQUIRE(found);
    CHECK(found->of_another_user);
    CHECK(has(found->what, "belongs to uid 1 (daemon), who could not open what root makes in it"));
    CHECK(found->what.ends_with("run it as that user: sudo -u daemon tunnelkeyd ..."));
    CHECK(as_user_23456([&] {
        const auto theirs = daemon::objection_to_opening(at.state);
        return theirs && has(theirs->what, "chown -R 23456 " + at.state);
    }));
    REQUIRE(::chown(at.state.c_str(), 23456, 0) == 0);
    CHECK(has(daemon::objection_to_opening(at.state)->what, "sudo -u '#23456' tunnelkeyd"));
    CHECK(as_user_23456([&] { return !daemon::objection_to_opening(at.state); }));
}

TEST_CASE(
    "root's directory is for whoever is in its group, as volumes of containers are, and else root's alone") {
    const place at;
    if (!is_root())
        return;
    REQUIRE(::chmod(at.state.c_str(), 02770) == 0);
    CHECK(as_user_23456([&] { return !daemon::objection_to_opening(at.state); }));
    REQUIRE(::chmod(at.state.c_str(), 0750) == 0);
    CHECK(as_user_23456([&] { return daemon::objection_to_opening(at.state).has_value(); }));
}
