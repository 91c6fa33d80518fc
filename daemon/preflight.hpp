#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace tunnelkeyd::daemon {

/// `tunnelkeyd preflight`: examines tunnels, in the configuration's order, and prints what was found of each.
exit_status preflight(const command_line& options, const preflight_command& how, const core::config& config);

}  // namespace tunnelkeyd::daemon
