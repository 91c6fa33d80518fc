#pragma once

#include "core/identity.hpp"
#include "core/time.hpp"

#include <cstdint>

namespace tunnelkeyd::core {

/// A tunnel's share of `limit` at one occurrence: uniform over [0, limit], the same whenever it is asked for.
duration jitter_of(const identity& id, wall_time occurrence, duration limit, std::uint64_t salt);

}  // namespace tunnelkeyd::core
