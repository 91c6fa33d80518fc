#pragma once

#include "core/health.hpp"
#include "core/organization_gate.hpp"

#include <optional>

namespace tunnelkeyd::core {

/// The problem of an organization that the cloud has told to wait (HTTP 429): until when. Nothing: it has not.
std::optional<problem> rate_limited(const organization_gate& gate, moment now);

}  // namespace tunnelkeyd::core
