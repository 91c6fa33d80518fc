#pragma once

#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/exit_status.hpp"

namespace tunnelkeyd::daemon {

/// `tunnelkeyd preflight`: has tunnels examined, by the daemon where one runs, and prints what was found of
/// each, in the configuration's order. Throws like the other commands.
exit_status preflight(const command_context& all, const preflight_command& how);

}  // namespace tunnelkeyd::daemon
