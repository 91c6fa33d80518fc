#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tunnelkeyd::ports {

/// A record with an open key gap, of a tunnel that the configuration no longer has. `settings` is what the
/// journal kept of its configuration; null if that cannot be read any more.
struct leftover {
    core::tunnel_record record;
    std::shared_ptr<const core::tunnel> settings;
};

/// What the journal holds, sorted by a configuration.
struct journal_contents {
    std::uint64_t salt = 0;
    std::vector<core::tunnel_record> records;  ///< of configured tunnels
    std::vector<leftover> leftovers;
    /// The latest install that was never answered, of the tunnels that left with nothing open.
    std::optional<core::wall_time> last_stray;
};

}  // namespace tunnelkeyd::ports
