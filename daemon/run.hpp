#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

/// `tunnelkeyd run`, with and without --once: the one place that wires the implementations together. Returns
/// when a signal or the end of the work ends it.
exit_status run(const command_line& options, const run_command& how,
                std::shared_ptr<const core::config> config);

}  // namespace tunnelkeyd::daemon
