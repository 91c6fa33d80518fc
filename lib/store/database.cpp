#include "store/database.hpp"

#include "store/file.hpp"
#include "store/schema.hpp"

#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

namespace tunnelkeyd::store {

namespace {

/// Reading all of it up to this size takes less than 100 ms (measured: 57 MB in 200 ms).
constexpr unsigned long long whole_check_up_to = 16'000'000;

error damaged(const std::string& path, const std::string& how) {
    return error(error_kind::damaged,
                 path + " is damaged (" + how +
                     "): put a backup in its place, or move it away to start with an empty "
                     "one; it was left as it is");
}

void check_first_bytes(const std::string& path) {
    // SQLite takes an empty file for a new database, and throws away the write-ahead log beside it.
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::array<char, 100> header{};
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        throw_errno(path, "cannot be opened");
    const auto size = ::pread(file.number(), header.data(), header.size(), 0);
    if (size < 0)
        throw_errno(path, "cannot be read");
    if (static_cast<std::size_t>(size) < header.size() ||
        std::string_view(header.data(), magic.size()) != magic)
        throw damaged(path, "not an SQLite database");
}

/// SQLite's name for a file, in which `?`, `#` and `%` are ordinary characters.
std::string to_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        char escaped[4];
        const bool special = c == '?' || c == '#' || c == '%';
        std::snprintf(escaped, sizeof escaped, special ? "%%%02X" : "%c", static_cast<unsigned char>(c));
        uri += escaped;
    }
    return uri;
}

/// A connection that changes nothing. Without a log the file alone is the database, and may be read without
/// any lock or index; with one, the index beside it is rebuilt, and the log is not folded in on closing.
SQLite::Database open_unchanged(const std::string& path, bool has_log) {
    SQLite::Database database(to_uri(path) + (has_log ? "?mode=ro" : "?mode=ro&immutable=1"),
                              SQLite::OPEN_READONLY | SQLite::OPEN_URI, busy_timeout_ms);
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

SQLite::Database open_for_inspection(const std::string& path) {
    return open_unchanged(path, file_size(path + "-wal") > 0);
}

void check_version(SQLite::Database& database, const std::string& path) {
    const auto owner = database.execAndGet("PRAGMA application_id").getInt64();
    const auto version = database.execAndGet("PRAGMA user_version").getInt64();
    if (owner != application_id)
        throw error(error_kind::unusable,
                    path + " is another program's database: choose another state.directory");
    if (version > newest_version())
        throw error(error_kind::newer, path + " has version " + std::to_string(version) +
                                           ", and this tunnelkeyd knows those up to " +
                                           std::to_string(newest_version()) +
                                           ": run the newer tunnelkeyd that wrote it; it was left as it is");
    if (version < 1)
        throw damaged(path, "it has no version");
}

/// The history may hold ten million rows, and a start may take a second: of a large database only what a start
/// needs is read whole. A damaged page of the history then fails whoever touches it, with the same message.
std::vector<std::string> checks(SQLite::Database& database, const std::string& path) {
    if (file_size(path) + file_size(path + "-wal") <= whole_check_up_to)
        return {"PRAGMA quick_check(1)"};  // everything, up to the first error
    std::vector<std::string> pragmas;
    SQLite::Statement tables(
        database, "SELECT 'PRAGMA quick_check(' || quote(name) || ')' FROM sqlite_schema WHERE type = 'table' "
                  "AND name <> 'history' AND name NOT LIKE 'sqlite_%'");
    while (tables.executeStep())
        pragmas.push_back(tables.getColumn(0).getString());
    return pragmas;
}

void check_pages(SQLite::Database& database, const std::string& path) {
    for (const auto& pragma : checks(database, path)) {
        SQLite::Statement check(database, pragma);
        while (check.executeStep())
            if (const auto found = check.getColumn(0).getString(); found != "ok")
                throw damaged(path, found.substr(0, 200));
    }
}

/// The primary result code, without SQLite's details.
int code_of(const SQLite::Exception& failure) {
    return failure.getErrorCode() & 0xff;
}

const char* remedy(int code) {
    switch (code) {
    case SQLITE_FULL:
        return "free some space";
    case SQLITE_IOERR:
        return "check the disk, its quota, and the system's log";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return "let the daemon's user write to the directory and everything in it";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "end the other program that has it open";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "stop the daemon and put a backup in its place, or move it away";
    default:
        return "see the system's log";
    }
}

}  // namespace

void inspect(const std::string& path) {
    check_first_bytes(path);
    try {
        auto database = open_for_inspection(path);
        check_version(database, path);
        check_pages(database, path);
    } catch (const SQLite::Exception& failure) {
        if (code_of(failure) == SQLITE_CORRUPT || code_of(failure) == SQLITE_NOTADB)
            throw damaged(path, failure.what());
        throw to_error(failure, path);
    }
}

void create_database(const std::string& directory, const std::string& path) {
    const auto unfinished = path + ".new";
    for (const char* leftover : {"", "-journal", "-wal", "-shm"})
        ::unlink((unfinished + leftover).c_str());
    create_private_file(unfinished);
    try {
        SQLite::Database database(unfinished, SQLite::OPEN_READWRITE, busy_timeout_ms);
        database.exec("PRAGMA synchronous = FULL");
        database.exec("PRAGMA application_id = " + std::to_string(application_id));
        migrate(database, migrations);
        database.exec("PRAGMA journal_mode = WAL");
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
    rename_durably(directory, unfinished, path);
}

SQLite::Database open_for_writing(const std::string& path) {
    if (!file_exists(path))
        throw error(error_kind::unusable, path +
                                              " is gone: put it back, or start the daemon anew to begin with "
                                              "an empty one");
    try {
        SQLite::Database database(path, SQLite::OPEN_READWRITE, busy_timeout_ms);
        if (database.execAndGet("PRAGMA journal_mode = WAL").getString() != "wal")
            throw error(error_kind::unusable, path + " cannot have a write-ahead log: put state.directory on a "
                                                     "local file system");
        database.exec("PRAGMA synchronous = FULL;"         // a commit is synced before it is reported
                      "PRAGMA secure_delete = ON;"         // what is erased is overwritten with zeros
                      "PRAGMA temp_store = MEMORY;"        // no page in a file outside the directory
                      "PRAGMA wal_autocheckpoint = 1000;"  // pages; 4 MB of log
                      "PRAGMA foreign_keys = ON;"
                      "PRAGMA trusted_schema = OFF;");
        // If a sync failed in the last process, frames of the log may be in the system's cache and not on disk,
        // and what is appended to them would be lost with them. Written into the database they are synced
        // again. Not a condition: with a full disk there is still a pending key to install.
        database.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
        return database;
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
}

SQLite::Database open_for_reading(const std::string& path) {
    try {
        return {path, SQLite::OPEN_READONLY, busy_timeout_ms};
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
}

SQLite::Database open_for_looking(const std::string& path) {
    // A writer has an index of its log, empty as that may be.
    return open_unchanged(path, file_exists(path + "-shm") || file_size(path + "-wal") > 0);
}

bool has_moved(SQLite::Database& database) {
    int moved = 0;
    return sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
           moved != 0;
}

bool is_read_only(SQLite::Database& database) {
    return sqlite3_db_readonly(database.getHandle(), "main") == 1;
}

std::string explain(const SQLite::Exception& failure, const std::string& path) {
    return std::string(failure.what()) + " (" + path + "): " + remedy(code_of(failure));
}

error to_error(const SQLite::Exception& failure, const std::string& path) {
    const auto code = code_of(failure);
    const bool broken = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return {broken ? error_kind::damaged : error_kind::unusable, explain(failure, path)};
}

}  // namespace tunnelkeyd::store
