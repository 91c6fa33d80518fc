#include "core/overview.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

health verdict_on(const overview& all) {
    health worst = worst_of(all.problems);
    for (const auto& each : all.organizations)
        worst = std::max(worst, worst_of(each.problems));
    for (const auto& each : all.tunnels)
        worst = std::max(worst, worst_of(each.problems));
    return worst;
}

}  // namespace tunnelkeyd::core
