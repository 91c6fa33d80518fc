#pragma once

#include <functional>

namespace tunnelkeyd::config {

/// Looks an environment variable up: its value, or null where it is not set. The text stays the environment's.
using environment = std::function<const char*(const char* name)>;

/// The process's own. As safe between threads as getenv(3): nobody may change the environment meanwhile.
environment process_environment();

}  // namespace tunnelkeyd::config
