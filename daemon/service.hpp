#pragma once

#include "core/config.hpp"
#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

/// `tunnelkeyd run`: the daemon. Returns when a signal ends it, or when it could not start, which it has said
/// then.
exit_status run_service(const command_line& options, std::shared_ptr<const core::config> config);

}  // namespace tunnelkeyd::daemon
