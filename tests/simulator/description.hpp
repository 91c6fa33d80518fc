#pragma once

#include "simulator/addresses.hpp"
#include "simulator/simulation.hpp"
#include "simulator/truth.hpp"

#include <filesystem>
#include <string>

/// The files that tell others what is simulated.
namespace tunnelkeyd::simulator {

/// The text of simulator.json.
std::string describe(const truth& all, const addresses& at);

/// Writes the secrets, each in a file of mode 0600 in `secrets` of the directory, and the daemon's
/// configuration.
void write_configuration(const truth& all, const addresses& at, const simulation_settings& settings);

void make_private_directory(const std::filesystem::path& path);

/// Replaces the file at once: a reader sees the old one or all of the new one.
void write_file(const std::filesystem::path& path, const std::string& content, unsigned mode);

}  // namespace tunnelkeyd::simulator
