#pragma once

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>

/// Facts about the store as a whole, each a text under a name. Throw SQLite::Exception.
namespace tunnelkeyd::store {

std::optional<std::string> read_meta(SQLite::Database& database, const std::string& name);

void write_meta(SQLite::Database& database, const std::string& name, const std::string& value);

}  // namespace tunnelkeyd::store
