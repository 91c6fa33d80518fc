#pragma once

#include "simulator/simulation.hpp"
#include "simulator/truth.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// The files that tell others what is simulated.
namespace tunnelkeyd::simulator {

struct addresses {
    std::string cloud_url;
    std::string instances_url;  ///< an instance's URL is this, a slash and its tunnel's name
    std::string control_url;
    std::filesystem::path ca_file;
    std::vector<std::pair<std::string, std::uint16_t>> bad_tls;  ///< the ports by what is bad about them
};

/// The text of simulator.json.
std::string describe(const truth& all, const addresses& at);

/// Writes the secrets, each in a file of mode 0600 in `secrets` of the directory, and the daemon's
/// configuration.
void write_configuration(const truth& all, const addresses& at, const simulation_settings& settings);

/// Replaces the file at once: a reader sees the old one or all of the new one.
void write_file(const std::filesystem::path& path, const std::string& content, unsigned mode);

}  // namespace tunnelkeyd::simulator
