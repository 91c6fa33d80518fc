#include "store/meta.hpp"

#include "store/hex.hpp"

#include <SQLiteCpp/Statement.h>

#include <cstring>

namespace tunnelkeyd::store {

std::optional<std::string> read_meta(SQLite::Database& database, const std::string& name) {
    SQLite::Statement select(database, "SELECT value FROM meta WHERE name = ?");
    select.bind(1, name);
    if (!select.executeStep())
        return std::nullopt;
    return select.getColumn(0).getString();
}

void write_meta(SQLite::Database& database, const std::string& name, const std::string& value) {
    SQLite::Statement upsert(database, "INSERT INTO meta (name, value) VALUES (?, ?) "
                                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    upsert.bind(1, name);
    upsert.bind(2, value);
    upsert.exec();
}

std::optional<std::uint64_t> parse_salt(const std::string& text) {
    char bytes[salt_size];
    if (text.size() != 2 * salt_size || !from_hex(text, bytes))
        return std::nullopt;
    std::uint64_t salt = 0;
    std::memcpy(&salt, bytes, sizeof salt);
    return salt;
}

}  // namespace tunnelkeyd::store
