#pragma once

#include "core/config.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// Of this name; null where there is none.
const core::tunnel* find_tunnel(const core::config& config, const std::string& name);

/// Does the configuration have every tunnel of these names? Says which it has not, after `before`.
bool are_known(const std::vector<std::string>& names, const core::config& config, const std::string& before);

}  // namespace tunnelkeyd::daemon
