#pragma once

#include "core/forecast.hpp"

#include <span>
#include <string>
#include <vector>

/// Private to forecast_notes.cpp.
namespace tunnelkeyd::core {

/// "jira, confluence and 8 more".
std::string name_some(const std::vector<const tunnel*>& tunnels);

/// The first few of `notes` at the end of `into`, and how many more there are.
void put_some(std::vector<std::string>& into, std::vector<std::string> notes);

/// Clock changes in the range that move an occurrence of a `cron`, leave it out, or show its time twice.
std::vector<std::string> clock_change_notes(std::span<const forecast_tunnel> tunnels,
                                            const forecast_range& range);

}  // namespace tunnelkeyd::core
