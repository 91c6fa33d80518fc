#pragma once

#include "core/requests.hpp"

/// Refusals that are given in more than one place.
namespace tunnelkeyd::core {

/// The daemon is ending.
refusal ending();

}  // namespace tunnelkeyd::core
