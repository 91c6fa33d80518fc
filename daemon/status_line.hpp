#pragma once

#include "app/supervisor.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// "12 tunnels, 1 rotating, 2 failing, next jira at 2026-12-05T02:00:00Z": for `systemctl status`.
/// `store_failing`: the state cannot be written.
std::string status_line(const app::summary& sum, bool store_failing = false);

}  // namespace tunnelkeyd::daemon
