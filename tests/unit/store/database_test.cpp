#include "fixture.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store;
using namespace tunnelkeyd::store_tests;

namespace {

using Catch::Matchers::Contains;

/// A store with some tunnels, closed again: all of it is in state.db.
void fill(const std::string& directory, int tunnels = 200) {
    opened_store opened(directory);
    for (int i = 0; i < tunnels; ++i)
        opened.store.save(full_record(i), ended_at(i), [](const std::string&) {});
    REQUIRE(opened.probe() == "");
}

std::map<std::string, std::string> contents(const std::string& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.path().filename() != "lock")
            files[entry.path().filename().string()] = read_file(entry.path().string());
    return files;
}

/// Opening is refused in this way, and changes nothing in the directory.
std::string untouched_refusal(const std::string& directory, error_kind kind) {
    const auto before = contents(directory);
    const auto refused = refusal(directory);
    CHECK(refused.kind() == kind);
    CHECK(contents(directory) == before);
    CHECK_THAT(refused.what(), Contains(directory + "/state.db"));
    return refused.what();
}

void execute(const std::string& path, const std::string& sql) {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec(sql);
}

unsigned mode_of(const std::string& path) {
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

/// Overwrites the first page on which a table begins.
void damage(const std::string& path, const std::string& table) {
    std::int64_t page = 0;
    {
        SQLite::Database database(path);
        page =
            database.execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'").getInt64();
    }
    auto bytes = read_file(path);
    bytes.replace(static_cast<std::size_t>(page - 1) * 4096, 4096, std::string(4096, '\x5a'));
    write_file(path, bytes);
}

}  // namespace

TEST_CASE("a new store is its owner's alone") {
    const temporary_directory parent;
    const auto directory = parent / "state";
    opened_store opened(directory);
    REQUIRE(opened.probe() == "");
    CHECK(mode_of(directory) == 0700);
    for (const char* name : {"state.db", "state.db-wal", "state.db-shm", "sealing.key", "lock"})
        CHECK(mode_of(directory + "/" + name) == 0600);
}

TEST_CASE("a directory that cannot be one is refused") {
    const temporary_directory parent;
    CHECK(refusal(parent / "no/such").kind() == error_kind::unusable);
    write_file(parent / "file", "");
    const auto refused = refusal(parent / "file");
    CHECK(refused.kind() == error_kind::unusable);
    CHECK_THAT(refused.what(), Contains("is not a directory"));
}

TEST_CASE("a directory that cannot be made says how to make it") {
    const temporary_directory parent;
    const auto path = parent / "no/such";
    CHECK(std::string(refusal(path).what()) ==
          path +
              " cannot be made: No such file or directory; make it for the daemon's user (install -d -o "
              "tunnelkeyd -g tunnelkeyd -m 0700 " +
              path + "), or choose another state.directory");
    std::filesystem::create_symlink("nowhere", parent / "link");
    CHECK(std::string(refusal(parent / "link").what()) ==
          parent / "link" + " is a symbolic link that leads nowhere: make what it points to, or remove it");
}

TEST_CASE("a directory's name may hold any character") {
    const temporary_directory parent;
    const auto directory = parent / "a?b#c%64 &e=f";
    { CHECK(opened_store(directory).save(full_record()) == ""); }
    CHECK(opened_store(directory).store.load().size() == 1);
}

TEST_CASE("what an interrupted first start left behind is no obstacle") {
    const temporary_directory directory;
    write_file(directory / "state.db.new", "half a database");
    write_file(directory / "state.db.new-journal", "half a journal");
    opened_store opened(directory.path());
    CHECK(opened.save(full_record()) == "");
    CHECK_FALSE(std::filesystem::exists(directory / "state.db.new"));
    CHECK_FALSE(std::filesystem::exists(directory / "state.db.new-journal"));
}

TEST_CASE("a file that is not SQLite's is refused and left as it is") {
    for (const auto& bytes : {std::string(), std::string("SQLite format 3"), std::string(8'192, 'x'),
                              std::string("SQLite format 3\0", 16) + std::string(4'080, '\0')}) {
        const temporary_directory directory;
        write_file(directory / "state.db", bytes);
        const auto message = untouched_refusal(directory.path(), error_kind::damaged);
        CHECK_THAT(message, Contains("put a backup in its place"));
    }
}

TEST_CASE("an empty database beside a write-ahead log is refused, and the log is left as it is") {
    const temporary_directory directory;
    write_file(directory / "state.db", "");
    write_file(directory / "state.db-wal", "precious");
    untouched_refusal(directory.path(), error_kind::damaged);
}

TEST_CASE("another program's database is refused and left as it is") {
    const temporary_directory directory;
    {
        SQLite::Database other(directory / "state.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE bookmarks (url TEXT)");
    }
    CHECK_THAT(untouched_refusal(directory.path(), error_kind::unusable), Contains("another program's"));
}

TEST_CASE("a newer database is refused and left as it is") {
    const temporary_directory directory;
    fill(directory.path());
    execute(directory / "state.db", "PRAGMA user_version = 99");
    const auto message = untouched_refusal(directory.path(), error_kind::newer);
    CHECK_THAT(message, Contains("version 99") && Contains("run the newer tunnelkeyd"));
}

TEST_CASE("a database whose newer version is only in the write-ahead log is refused, log and all") {
    const temporary_directory running;
    const temporary_directory crashed;
    {
        opened_store opened(running.path());
        REQUIRE(opened.save(full_record()) == "");
        execute(running / "state.db", "PRAGMA user_version = 99");
        for (const char* name : {"state.db", "state.db-wal", "sealing.key"})
            std::filesystem::copy(running / name, crashed / name);
    }
    const auto database = read_file(crashed / "state.db");
    const auto log = read_file(crashed / "state.db-wal");
    REQUIRE_FALSE(log.empty());
    CHECK(refusal(crashed.path()).kind() == error_kind::newer);
    CHECK(read_file(crashed / "state.db") == database);
    CHECK(read_file(crashed / "state.db-wal") == log);
}

TEST_CASE("a damaged database is refused and left as it is") {
    for (const char* table : {"tunnel", "history", "meta"}) {
        const temporary_directory directory;
        fill(directory.path());
        damage(directory / "state.db", table);
        untouched_refusal(directory.path(), error_kind::damaged);
    }
    const temporary_directory directory;
    fill(directory.path());
    std::filesystem::resize_file(directory / "state.db",
                                 std::filesystem::file_size(directory / "state.db") / 2);
    untouched_refusal(directory.path(), error_kind::damaged);
}

TEST_CASE("of a large database the records are checked at the start") {
    const temporary_directory directory;
    fill(directory.path());
    execute(directory / "state.db", "INSERT INTO meta VALUES ('large', hex(zeroblob(10000000)))");
    { CHECK(opened_store(directory.path()).store.load().size() == 200); }
    damage(directory / "state.db", "tunnel");
    untouched_refusal(directory.path(), error_kind::damaged);
}

TEST_CASE("a value that no version can have written is damage") {
    const temporary_directory directory;
    fill(directory.path(), 1);
    execute(directory / "state.db", "UPDATE tunnel SET open_reason = 'boredom'");
    const opened_store opened(directory.path());
    try {
        static_cast<void>(opened.store.load());
        FAIL("it was loaded");
    } catch (const error& refused) {
        CHECK(refused.kind() == error_kind::damaged);
    }
}

TEST_CASE("another process may read the database while it is in use") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    auto reader = open_for_reading(directory / "state.db");
    for (int i = 1; i < 4; ++i) {
        REQUIRE(opened.save(full_record(i)) == "");
        CHECK(reader.execAndGet("SELECT count(*) FROM tunnel").getInt() == i);
    }
}

TEST_CASE("a connection for writing syncs each commit and overwrites what it erases") {
    const temporary_directory directory;
    fill(directory.path(), 1);
    auto database = open_for_writing(directory / "state.db");
    CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "wal");
    CHECK(database.execAndGet("PRAGMA synchronous").getInt() == 2);
    CHECK(database.execAndGet("PRAGMA secure_delete").getInt() == 1);
    CHECK(database.execAndGet("PRAGMA foreign_keys").getInt() == 1);
    CHECK(database.execAndGet("PRAGMA user_version").getInt() == newest_version());
    CHECK(database.execAndGet("PRAGMA application_id").getInt() == application_id);
}
