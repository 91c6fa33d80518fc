#pragma once

#include "core/config.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnelkeyd::core {

/// Something that happened, for the log. The name is stable: scripts and alarms may match it.
/// Neither the message nor a field ever contains a secret.
struct notice {
    log_level level = log_level::info;
    std::string_view name;  ///< a literal: "rotation.minted"
    std::string message;    ///< one sentence for people, with the remedy where there is one
    std::vector<std::pair<std::string_view, std::string>> fields;  ///< keys are literals
};

}  // namespace tunnelkeyd::core
