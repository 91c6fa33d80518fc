#pragma once

#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::store {

/// What a state directory holds, for who only looks.
struct saved_state {
    std::uint64_t salt = 0;  ///< as state_store::salt()
    std::vector<core::tunnel_record>
        records;  ///< as state_store::load(), but that no key is unsealed: all are null
};

/// Reads the store in `directory` without its lock and its sealing key, and without a trace, be it beside a
/// daemon that writes to it. Nothing where there is none. Throws store::error if it cannot be read.
std::optional<saved_state> read_saved_state(const std::string& directory);

}  // namespace tunnelkeyd::store
