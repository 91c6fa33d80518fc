#include "fixture.hpp"
#include "store/error.hpp"
#include "store/saved_state.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <fstream>

using namespace tunnelkeyd;
using store_tests::opened_store;
using store_tests::temporary_directory;
using support::files_in;

TEST_CASE("where no store is, there is no saved state") {
    const temporary_directory directory;
    CHECK_FALSE(store::read_saved_state(directory.path()));
    CHECK_FALSE(store::read_saved_state(directory / "nowhere"));
    CHECK(files_in(directory.path()).empty());
}

TEST_CASE("the saved state is read beside the daemon that holds the store, and without a key") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    const auto full = store_tests::full_record(1);
    REQUIRE(full.key);
    CHECK(opened.save(full).empty());
    CHECK(opened.save(store_tests::bare_record(2)).empty());
    const auto seen = store::read_saved_state(directory.path());
    REQUIRE(seen);
    REQUIRE(seen->records.size() == 2);
    CHECK(seen->records[0].paused_at == full.paused_at);
    CHECK(seen->records[0].open.has_value());
    REQUIRE(seen->records[0].key);
    CHECK(seen->records[0].key->key == nullptr);
    CHECK(opened.save(store_tests::bare_record(3)).empty());
    CHECK(store::read_saved_state(directory.path())->records.size() == 3);
}

TEST_CASE("reading the saved state of a store that is closed leaves its directory as it was") {
    const temporary_directory directory;
    std::uint64_t salt = 0;
    {
        opened_store opened(directory.path());
        CHECK(opened.save(store_tests::bare_record()).empty());
        salt = opened.store.salt();
    }
    const auto before = files_in(directory.path());
    const auto seen = store::read_saved_state(directory.path());
    REQUIRE(seen);
    CHECK(seen->salt == salt);
    CHECK(seen->records.size() == 1);
    CHECK(files_in(directory.path()) == before);
}

TEST_CASE("a saved state that cannot be read says why") {
    const temporary_directory directory;
    std::ofstream(directory / "state.db") << "no database";
    CHECK_THROWS_AS(store::read_saved_state(directory.path()), store::error);
}

TEST_CASE("the saved history is that of the wanted tunnels, the newest first, and no longer than asked for") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    const auto ended = [](int second) {
        core::history_entry entry;
        entry.began_at = entry.ended_at = store_tests::at(second);
        return entry;
    };
    for (int second = 1; second <= 6; ++second)
        CHECK(opened.save(store_tests::bare_record(1 + second % 2), ended(second)).empty());
    const auto seconds_of = [&](std::size_t limit, int only) {
        const auto wanted = [&](const core::tunnel_record& record) {
            return only == 0 || record.id == store_tests::numbered(only);
        };
        std::vector<std::int64_t> found;
        for (const auto& each : store::read_saved_history(directory.path(), limit, wanted))
            found.push_back((each.entry.ended_at - store_tests::at(0)) / std::chrono::seconds(1));
        return found;
    };
    using seconds = std::vector<std::int64_t>;
    CHECK(seconds_of(10, 0) == seconds{6, 5, 4, 3, 2, 1});
    CHECK(seconds_of(2, 0) == seconds{6, 5});
    CHECK(seconds_of(2, 2) == seconds{5, 3});
    CHECK(store::read_saved_history(directory / "nowhere", 10, [](auto&) { return true; }).empty());
}

TEST_CASE("who holds the store is seen without disturbing anybody who is about to") {
    const temporary_directory directory;
    CHECK_FALSE(store::holder_of(directory.path()));
    {
        const opened_store opened(directory.path());
        CHECK(store::holder_of(directory.path()) == ::getpid());
    }
    CHECK_FALSE(store::holder_of(directory.path()));
    CHECK_NOTHROW(opened_store(directory.path()));
}
