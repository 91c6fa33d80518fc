#pragma once

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// Facts about the store as a whole, each a text under a name. Throw SQLite::Exception.
namespace tunnelkeyd::store {

std::optional<std::string> read_meta(SQLite::Database& database, const std::string& name);

void write_meta(SQLite::Database& database, const std::string& name, const std::string& value);

/// The random bytes that the fact "salt" spells in hex.
inline constexpr std::size_t salt_size = 16;

/// What jitter is drawn from: the salt's first bytes. Nothing if `text` is no salt.
std::optional<std::uint64_t> parse_salt(const std::string& text);

}  // namespace tunnelkeyd::store
