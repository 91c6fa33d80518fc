#pragma once

#include "core/config.hpp"

#include <string>

namespace tunnelkeyd::config {

/// The whole configuration as YAML, with every default written out and references in place of secrets. Read
/// again in the same environment it is an equal configuration.
std::string print(const core::config& settings);

}  // namespace tunnelkeyd::config
