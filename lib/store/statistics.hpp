#pragma once

#include <cstdint>

namespace tunnelkeyd::store {

/// Counted since the store was opened.
struct statistics {
    std::uint64_t commits = 0;   ///< transactions that were synced to disk
    std::uint64_t writes = 0;    ///< saves and probes in them
    std::uint64_t failures = 0;  ///< saves and probes that were answered with an error
};

}  // namespace tunnelkeyd::store
