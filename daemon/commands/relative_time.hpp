#pragma once

#include "core/time.hpp"

#include <string>

/// Times as a person at night wants them: how long ago, and in one unit.
namespace tunnelkeyd::daemon {

/// Rounded down: "95s", "47m", "36h", "30d". The unit changes at two of the next one.
std::string brief(core::duration length);

/// "10m ago", "in 27d", "now".
std::string relative(core::wall_time at, core::wall_time now);

/// "2026-12-05T02:00:03Z (10m ago)".
std::string both_ways(core::wall_time at, core::wall_time now);

}  // namespace tunnelkeyd::daemon
