#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

/// `tunnelkeyd run --once`: returns when a signal or the end of the work ends it, or when it could not start,
/// which it has said then. No endpoints, no reload, and systemd is told nothing.
exit_status run_once(const command_line& options, const run_command& how,
                     std::shared_ptr<const core::config> config);

}  // namespace tunnelkeyd::daemon
