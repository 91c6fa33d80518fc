#include "config/environment.hpp"

#include <cstdlib>

namespace tunnelkeyd::config {

environment process_environment() {
    return [](const char* name) -> const char* { return std::getenv(name); };
}

}  // namespace tunnelkeyd::config
