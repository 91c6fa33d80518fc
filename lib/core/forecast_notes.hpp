#pragma once

#include "core/forecast.hpp"

#include <span>
#include <string>
#include <vector>

/// What people should know of a forecast beyond its times.
namespace tunnelkeyd::core {

/// What a rotation costs there: the new key, and its share of looks at the API key.
inline constexpr unsigned admin_api_requests_per_rotation = 2;

/// Sentences: the busiest hour, and minutes that are too busy; windows that delay; credentials and API keys
/// that end before a rotation needs them; clock changes; paused tunnels; open key gaps; times that are an
/// example only. `rotations` is what forecast() found for `tunnels` in `range`. Of each kind a few, and how
/// many more there are. `requests_per_minute` is the configuration's.
std::vector<std::string> forecast_notes(std::span<const forecast_tunnel> tunnels,
                                        std::span<const expected_rotation> rotations,
                                        const forecast_range& range, unsigned requests_per_minute);

}  // namespace tunnelkeyd::core
