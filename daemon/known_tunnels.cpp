#include "daemon/known_tunnels.hpp"

#include "daemon/complaint.hpp"

#include <algorithm>

namespace tunnelkeyd::daemon {

bool are_known(const std::vector<std::string>& names, const core::config& config, const std::string& before) {
    bool known = true;
    for (const auto& name : names) {
        const bool found = std::any_of(config.tunnels.begin(), config.tunnels.end(),
                                       [&](const core::tunnel& tunnel) { return tunnel.name == name; });
        if (!found)
            complain_of_failure(before + name + ": the configuration has no tunnel of that name");
        known = known && found;
    }
    return known;
}

}  // namespace tunnelkeyd::daemon
