#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

#include <optional>

namespace tunnelkeyd::daemon {

/// Runs the command, if it is one of those that an operator types and a running daemon answers; what goes wrong
/// has been said then.
std::optional<exit_status> run_operator_command(const command_line& options);

}  // namespace tunnelkeyd::daemon
