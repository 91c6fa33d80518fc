#pragma once

#include "config/environment.hpp"
#include "config/mapping.hpp"
#include "core/config.hpp"

namespace tunnelkeyd::config {

/// The file's whole meaning. What it returns is complete only if it reported no error.
core::config read_config(const field& top, const environment& lookup, problems& warnings);

}  // namespace tunnelkeyd::config
