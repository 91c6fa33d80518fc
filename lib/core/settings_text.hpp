#pragma once

#include "core/config.hpp"

namespace tunnelkeyd::core {

/// stand-in until the loader's branch is merged
inline std::string settings_text(const tunnel& settings) {
    return settings.name;
}

}  // namespace tunnelkeyd::core
