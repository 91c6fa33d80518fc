#pragma once

#include "simulator/simulation.hpp"

#include <optional>

namespace tunnelkeyd::simulator {

/// What the command line asks for. Nothing when it was wrong or asked for help only: `exit_status` then says
/// how to end, and the text for people has been printed.
std::optional<simulation_settings> parse_command_line(int argc, const char* const* argv, int& exit_status);

}  // namespace tunnelkeyd::simulator
