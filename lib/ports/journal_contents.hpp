#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <memory>
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
    /// Installs that were never answered, of tunnels that left with nothing open.
    std::vector<core::stray_install> strays;
};

}  // namespace tunnelkeyd::ports
