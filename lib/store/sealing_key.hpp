#pragma once

#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace tunnelkeyd::store {

/// The 32 bytes that `text` spells, as 64 hex digits or as base64 (RFC 4648, section 4). Throws store::error
/// (sealing_key) for anything else; the message tells where the text came from (`origin`), and none of it.
core::secret parse_sealing_key(std::string_view text, const std::string& origin);

struct sealing_key_file {
    core::secret key;   ///< 32 bytes
    bool made = false;  ///< it was not there
};

/// Reads `sealing.key` in `directory`, or makes it with a random key: mode 0600, in place at once and durably.
/// Throws store::error: `sealing_key` if it is malformed or if others may read it, else `unusable`.
sealing_key_file read_or_make_sealing_key(const std::string& directory);

}  // namespace tunnelkeyd::store
