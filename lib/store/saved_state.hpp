#pragma once

#include "core/record.hpp"
#include "core/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// The last `limit` rotations of the tunnels that are `wanted`, the newest first; in the same way.
std::vector<core::past_rotation>
read_saved_history(const std::string& directory, std::size_t limit,
                   const std::function<bool(const core::tunnel_record&)>& wanted);

/// The process that holds the store in `directory`, as state_store does; nothing where none does, or where that
/// cannot be seen. Takes no lock, so that nobody who is about to is disturbed.
std::optional<int> holder_of(const std::string& directory);

}  // namespace tunnelkeyd::store
