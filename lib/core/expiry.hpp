#pragma once

#include "core/time.hpp"

namespace tunnelkeyd::core {

/// So long before a credential or a certificate ends it is said.
inline constexpr duration expiry_notice = std::chrono::days(30);

}  // namespace tunnelkeyd::core
