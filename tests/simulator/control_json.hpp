#pragma once

#include "simulator/world.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

/// The control endpoint's JSON. Times are in milliseconds since 1970 (`_at_ms`, `_since_ms`), lengths in
/// milliseconds.
namespace tunnelkeyd::simulator {

nlohmann::ordered_json to_json(const tunnel& at, core::wall_time now);
nlohmann::ordered_json changes_to_json(const tunnel& at);
nlohmann::ordered_json to_json(const request_record& record);
nlohmann::ordered_json to_json(const fault& set);
nlohmann::ordered_json counters_to_json(const world& all);

/// Throw std::invalid_argument for an unknown member or a bad value, and then have changed nothing.
void change(tunnel& at, const std::string& json);
void change(organization& at, const std::string& json);

}  // namespace tunnelkeyd::simulator
