#include "core/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace tunnelkeyd::core {

duration backoff(const backoff_limits& limits, unsigned failures, double chance) {
    const auto doublings = static_cast<int>(std::min(failures == 0 ? 0u : failures - 1, 60u));
    const double ceiling = std::min(std::ldexp(static_cast<double>(limits.initial.count()), doublings),
                                    static_cast<double>(limits.max.count()));
    return duration(static_cast<duration::rep>(ceiling * chance));
}

}  // namespace tunnelkeyd::core
