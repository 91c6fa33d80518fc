#pragma once

#include "core/config.hpp"
#include "core/requests.hpp"
#include "daemon/commands/asked_entry.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tunnelkeyd::daemon {

/// Writes into the store that a person has installed the tunnel's key, where no daemon runs. `number`: only if
/// that is still the stored key's. It is entered before. Throws command_error and store::error.
core::resolve_report resolve_in_store(const core::config& config, const std::string& tunnel,
                                      std::optional<std::uint64_t> number, const enters& enter);

}  // namespace tunnelkeyd::daemon
