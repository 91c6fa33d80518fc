#pragma once

#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"

namespace tunnelkeyd::daemon {

/// `tunnelkeyd pause` and `tunnelkeyd resume`: by the daemon, or, where none runs, into the state store; prints
/// a line for each tunnel. Either all of them are known, or nothing is done.
exit_status set_paused(const command_context& all, const pause_command& how);

}  // namespace tunnelkeyd::daemon
