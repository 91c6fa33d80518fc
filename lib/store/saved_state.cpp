#include "store/saved_state.hpp"

#include "store/database.hpp"
#include "store/file.hpp"
#include "store/meta.hpp"
#include "store/record_reader.hpp"

#include <unistd.h>

#include <cerrno>

namespace tunnelkeyd::store {

std::optional<saved_state> read_saved_state(const std::string& directory) {
    const auto path = directory + "/state.db";
    if (::access(path.c_str(), R_OK) != 0) {
        if (errno == ENOENT)
            return std::nullopt;
        throw_errno(path, "cannot be read");
    }
    try {
        auto database = open_for_looking(path);
        const auto salt = parse_salt(read_meta(database, "salt").value_or(""));
        if (!salt)
            throw error(error_kind::damaged, path + " holds no salt, or a malformed one");
        return saved_state{*salt, read_records(database, nullptr)};
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
}

}  // namespace tunnelkeyd::store
