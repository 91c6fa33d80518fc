#pragma once

#include "core/record.hpp"
#include "store/sealing.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tunnelkeyd::store {

/// How many of a tunnel's rotations the history keeps.
inline constexpr std::int64_t history_limit = 1'000;

/// Writes records through one connection, with statements that are compiled once. Runs inside a transaction of
/// the caller's, and throws SQLite::Exception, or std::runtime_error if a key cannot be sealed; what it wrote
/// until then is the caller's to roll back. Keeps references to both arguments.
class record_writer {
public:
    record_writer(SQLite::Database& database, const sealer& keys);

    void save(const core::tunnel_record& record, const std::optional<core::history_entry>& ended);

    /// A write for its own sake.
    void probe();

private:
    std::int64_t upsert(const core::tunnel_record& record);
    void replace_strays(std::int64_t tunnel, const core::tunnel_record& record);
    void add_history(std::int64_t tunnel, const core::history_entry& ended);

    const sealer& keys_;
    SQLite::Statement upsert_;
    SQLite::Statement forget_strays_;
    SQLite::Statement add_stray_;
    SQLite::Statement last_sequence_;
    SQLite::Statement add_history_;
    SQLite::Statement prune_history_;
    SQLite::Statement probe_;
};

}  // namespace tunnelkeyd::store
