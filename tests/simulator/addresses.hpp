#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::simulator {

/// Where the simulator is found.
struct addresses {
    std::string cloud_url;
    std::string instances_url;  ///< an instance's URL is this, a slash, its tunnel's name and its context
    std::string control_url;
    std::filesystem::path ca_file;
    std::vector<std::pair<std::string, std::uint16_t>> bad_tls;  ///< the ports by what is bad about them
};

}  // namespace tunnelkeyd::simulator
