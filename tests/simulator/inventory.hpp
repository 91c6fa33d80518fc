#pragma once

#include "simulator/truth.hpp"

#include <string>
#include <vector>

/// Which organizations and tunnels are served.
namespace tunnelkeyd::simulator {

/// As it is at the start; each tunnel's `organization` is one of these.
struct inventory {
    std::vector<organization> organizations;
    std::vector<tunnel> tunnels;
};

struct generation_wish {
    unsigned tunnels = 5;
    unsigned organizations = 1;  ///< at least 1; the tunnels take turns
    bool shared_token = false;   ///< all instances accept one and the same token
};

/// Names, ids and hostnames are the same each time, secrets are not.
inventory generate_inventory(const generation_wish& wish, const std::string& instances_url);

}  // namespace tunnelkeyd::simulator
