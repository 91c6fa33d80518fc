#pragma once

#include "core/config.hpp"

namespace tunnelkeyd::core {

/// How long to wait after the `failures`-th failure in a row (1 or more): exponential with full jitter, that is
/// uniform over [0, min(max, initial * 2^(failures - 1))). `chance` is uniform over [0, 1).
/// Full jitter: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
duration backoff(const backoff_limits& limits, unsigned failures, double chance);

}  // namespace tunnelkeyd::core
