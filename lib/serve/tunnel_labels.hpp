#pragma once

#include "core/overview.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Private to the metrics.
namespace tunnelkeyd::serve {

/// One wrong byte in a label's value, and Prometheus throws the whole scrape away. Wrong ones are left out.
std::string label_value(std::string_view text);

/// What the `tunnel` label calls each of them: its name. One that has left the configuration, and whose name
/// another one has taken, is "name (hostname)": no two series may have the same labels.
std::vector<std::string> tunnel_labels(const std::vector<core::tunnel_overview>& tunnels);

}  // namespace tunnelkeyd::serve
