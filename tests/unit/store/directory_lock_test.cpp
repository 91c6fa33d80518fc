#include "fixture.hpp"
#include "store/directory_lock.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

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
