#pragma once

#include "daemon/command_line.hpp"

namespace CLI {
class App;
}

namespace tunnelkeyd::daemon {

/// The subcommand; parsing writes into `json` and `how`, which outlive it.
CLI::App* add_preflight(CLI::App& app, bool& json, preflight_command& how);

}  // namespace tunnelkeyd::daemon
