#pragma once

#include "store/error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <string>

/// How the database file is made, looked at and opened. All functions throw store::error.
namespace tunnelkeyd::store {

/// How long a connection waits for another process's.
inline constexpr int busy_timeout_ms = 5'000;

/// Looks at the database at `path` before anything may write to it, and throws unless it is whole, ours, and
/// of a version that this program knows. Changes no byte of it, nor of its write-ahead log.
void inspect(const std::string& path);

/// Makes an empty database at `path`, of the newest version, all of it or nothing.
void create_database(const std::string& directory, const std::string& path);

/// For the writer: every transaction is synced, what is deleted is overwritten, and the log is empty if it can
/// be.
SQLite::Database open_for_writing(const std::string& path);

/// For reading, beside a writer in this process or another one.
SQLite::Database open_for_reading(const std::string& path);

/// For reading, by another process than the writer's: makes no file, and leaves the write-ahead log as it is.
/// Where nobody has the database open and nobody crashed with it, the file alone is read.
SQLite::Database open_for_looking(const std::string& path);

/// Has the file been moved, deleted or replaced since it was opened? SQLite would go on writing to a file that
/// nobody will find again.
[[nodiscard]] bool has_moved(SQLite::Database& database);

/// SQLite opens a file for reading only where it cannot open it for writing, be it for want of a descriptor at
/// that moment, and stays with that.
[[nodiscard]] bool is_read_only(SQLite::Database& database);

/// What went wrong and what to do about it: "database or disk is full (/var/lib/tunnelkeyd/state.db): free
/// some space".
std::string explain(const SQLite::Exception& failure, const std::string& path);

/// The same as an exception: `damaged` or `unusable`.
error to_error(const SQLite::Exception& failure, const std::string& path);

}  // namespace tunnelkeyd::store
