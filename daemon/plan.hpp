#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace tunnelkeyd::daemon {

/// More rotations are refused, so that time and memory are bounded.
inline constexpr std::size_t most_planned_rotations = 2'000'000;

/// `tunnelkeyd plan`: prints when each tunnel will rotate. Reads the state store without its lock, and only
/// notes it when there is none.
exit_status plan(const command_line& options, const plan_command& how, const core::config& config);

}  // namespace tunnelkeyd::daemon
