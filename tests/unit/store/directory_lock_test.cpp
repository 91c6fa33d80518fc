#include "fixture.hpp"
#include "store/directory_lock.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

using namespace tunnelkeyd::store;
using namespace tunnelkeyd::store_tests;

TEST_CASE("a second daemon on the same directory is refused, and told whose it is") {
    const temporary_directory directory;
    const opened_store first(directory.path());
    const auto refused = refusal(directory.path());
    CHECK(refused.kind() == error_kind::locked);
    CHECK(refused.what() == "another tunnelkeyd (pid " + std::to_string(::getpid()) + ") is using " +
                                directory.path().string() +
                                ": stop it, or give this one another state.directory");
}

TEST_CASE("a directory is free again once its store is closed") {
    const temporary_directory directory;
    { const directory_lock first(directory.path()); }
    const directory_lock second(directory.path());
    CHECK_THROWS_AS(directory_lock(directory.path()), error);
}

TEST_CASE("what an earlier owner left in the lock file is replaced") {
    const temporary_directory directory;
    write_file(directory / "lock", "123456789012345\n");
    const directory_lock held(directory.path());
    CHECK(read_file(directory / "lock") == std::to_string(::getpid()) + "\n");
}

TEST_CASE("a lock file without a pid gives a message without one") {
    const temporary_directory directory;
    const directory_lock held(directory.path());
    write_file(directory / "lock", "");
    CHECK(std::string(refusal(directory.path()).what()).starts_with("another tunnelkeyd is using "));
}

TEST_CASE("a lock that cannot be opened says what to do") {
    const temporary_directory directory;
    std::filesystem::create_symlink("elsewhere", directory / "lock");
    CHECK(std::string(refusal(directory.path()).what()) ==
          directory.path().string() +
              "/lock cannot be opened: Too many levels of symbolic links; it is a symbolic link: put the file "
              "itself there");
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can become another user\n";
        return;
    }
    std::filesystem::remove(directory / "lock");
    REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string told = ::setuid(23456) == 0 ? refusal(directory.path()).what() : "";
        ::_exit(told.find("Permission denied; run this as the owner of the state directory") ==
                std::string::npos);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}
