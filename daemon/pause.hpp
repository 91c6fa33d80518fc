#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace tunnelkeyd::daemon {

/// `tunnelkeyd pause` and `tunnelkeyd resume`: writes it into the state store, which no daemon may hold
/// meanwhile, and prints a line for each tunnel.
exit_status set_paused(const command_line& options, const pause_command& how, const core::config& config);

}  // namespace tunnelkeyd::daemon
