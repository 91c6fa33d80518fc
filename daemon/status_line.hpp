#pragma once

#include "app/supervisor.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// "12 tunnels, 1 rotating, 2 failing, next jira at 2026-12-05T02:00:00Z": for `systemctl status`.
std::string status_line(const app::summary& sum);

}  // namespace tunnelkeyd::daemon
