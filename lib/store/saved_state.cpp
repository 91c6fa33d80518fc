#include "store/saved_state.hpp"

#include "store/database.hpp"
#include "store/file.hpp"
#include "store/meta.hpp"
#include "store/record_reader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

namespace tunnelkeyd::store {

namespace {

bool is_newer(const core::past_rotation& a, const core::past_rotation& b) {
    return a.entry.ended_at > b.entry.ended_at;
}

/// Calls `read` with the database in `directory`; nothing where there is none.
template <class Read>
auto looking_at(const std::string& directory, Read read)
    -> std::optional<decltype(read(std::declval<SQLite::Database&>()))> {
    const auto path = directory + "/state.db";
    if (::access(path.c_str(), R_OK) != 0) {
        if (errno == ENOENT)
            return std::nullopt;
        throw_errno(path, "cannot be read");
    }
    try {
        auto database = open_for_looking(path);
        return read(database);
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
}

/// Keeps the newest `limit`, in no order.
void keep_newest(std::vector<core::past_rotation>& all, std::size_t limit) {
    if (all.size() <= limit)
        return;
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(limit);
    std::nth_element(all.begin(), end, all.end(), is_newer);
    all.erase(end, all.end());
}

}  // namespace

std::optional<saved_state> read_saved_state(const std::string& directory) {
    return looking_at(directory, [&](SQLite::Database& database) {
        const auto salt = parse_salt(read_meta(database, "salt").value_or(""));
        if (!salt)
            throw error(error_kind::damaged, directory + "/state.db holds no salt, or a malformed one");
        return saved_state{*salt, read_records(database, nullptr)};
    });
}

std::vector<core::past_rotation>
read_saved_history(const std::string& directory, std::size_t limit,
                   const std::function<bool(const core::tunnel_record&)>& wanted) {
    const auto read = [&](SQLite::Database& database) {
        std::vector<core::past_rotation> all;
        for (const auto& record : read_records(database, nullptr)) {
            if (!wanted(record))
                continue;
            for (auto& entry : read_history(database, record.id, limit))
                all.push_back({record.name, std::move(entry)});
            if (all.size() > 2 * limit)
                keep_newest(all, limit);
        }
        keep_newest(all, limit);
        std::stable_sort(all.begin(), all.end(), is_newer);
        return all;
    };
    return looking_at(directory, read).value_or(std::vector<core::past_rotation>());
}

std::optional<int> holder_of(const std::string& directory) {
    struct stat lock {};
    if (::stat((directory + "/lock").c_str(), &lock) != 0)
        return std::nullopt;
    // "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF" (proc_locks(5)). File systems show other devices there
    // than stat(2), so the file's number must do.
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, sort, mode, file;
        int pid = 0;
        if (words >> number >> kind >> sort >> mode >> pid >> file && kind == "FLOCK" && pid > 0 &&
            file.ends_with(":" + std::to_string(lock.st_ino)))
            return pid;
    }
    return std::nullopt;
}

}  // namespace tunnelkeyd::store
