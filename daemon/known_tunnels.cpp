#include "daemon/known_tunnels.hpp"

#include "daemon/complaint.hpp"

#include <algorithm>

namespace tunnelkeyd::daemon {

const core::tunnel* find_tunnel(const core::config& config, const std::string& name) {
    const auto found = std::find_if(config.tunnels.begin(), config.tunnels.end(),
                                    [&](const core::tunnel& each) { return each.name == name; });
    return found == config.tunnels.end() ? nullptr : &*found;
}

bool are_known(const std::vector<std::string>& names, const core::config& config, const std::string& before) {
    bool known = true;
    for (const auto& name : names) {
        const bool found = find_tunnel(config, name) != nullptr;
        if (!found)
            complain_of_failure(before + name + ": the configuration has no tunnel of that name");
        known = known && found;
    }
    return known;
}

}  // namespace tunnelkeyd::daemon
