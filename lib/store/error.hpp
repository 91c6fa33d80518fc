#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tunnelkeyd::store {

enum class error_kind : std::uint8_t {
    locked,       ///< another daemon works on this directory: exit status 75
    unusable,     ///< the directory or a file in it cannot be made, read or written, or is another program's
    damaged,      ///< the database is not one, or is broken; it was left as it was found
    newer,        ///< a newer tunnelkeyd wrote the database; it was left as it was found
    sealing_key,  ///< the sealing key is malformed, or others may read its file
};

/// Why the store cannot be used. The message is for people, names the file or directory, and says what to do.
class error : public std::runtime_error {
public:
    error(error_kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

    [[nodiscard]] error_kind kind() const noexcept { return kind_; }

private:
    error_kind kind_;
};

}  // namespace tunnelkeyd::store
