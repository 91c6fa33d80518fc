#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <span>

/// The database's tables and how they came to be, version by version.
namespace tunnelkeyd::store {

/// In the file's header (PRAGMA application_id): "tnlk".
inline constexpr std::int64_t application_id = 0x746e6c6b;

/// From one version (PRAGMA user_version) to the next. Once released a migration is never changed.
struct migration {
    int version;      ///< the one it leads to
    const char* sql;  ///< one or more statements
};

/// From nothing, in ascending order.
extern const std::span<const migration> migrations;

[[nodiscard]] int newest_version();

/// Brings `database` to the last of `steps`' versions, in one transaction: all of it, or nothing. Throws
/// SQLite::Exception.
void migrate(SQLite::Database& database, std::span<const migration> steps);

}  // namespace tunnelkeyd::store
