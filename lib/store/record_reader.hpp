#pragma once

#include "core/record.hpp"
#include "store/sealing.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <vector>

/// Read what record_writer wrote. Throw SQLite::Exception, and store::error (damaged) for a value that this
/// version cannot have written.
namespace tunnelkeyd::store {

/// In the order in which the tunnels were first seen. A key that does not unseal is null; the rest is intact.
/// `keys` null: none is unsealed.
std::vector<core::tunnel_record> read_records(SQLite::Database& database, const sealer* keys);

/// The newest first.
std::vector<core::history_entry> read_history(SQLite::Database& database, const core::identity& tunnel,
                                              std::size_t limit);

/// How many pending keys are sealed, under whichever sealing key.
std::size_t count_sealed_keys(SQLite::Database& database);

}  // namespace tunnelkeyd::store
