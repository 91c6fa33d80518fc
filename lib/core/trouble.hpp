#pragma once

#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// What stands in the way of a rotation: what was found, and what to do about it. Never contains a secret.
struct trouble {
    std::string_view code;  ///< a literal, stable: "credentials_refused". Alarms may match it
    std::string what;       ///< for people
    std::string remedy;     ///< for people; "" where `what` says that itself
};

}  // namespace tunnelkeyd::core
