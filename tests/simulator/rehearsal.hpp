#pragma once

#include "core/config.hpp"
#include "simulator/addresses.hpp"
#include "simulator/inventory.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

/// A real configuration, served by the simulator. Nothing that it points to is ever touched.
namespace tunnelkeyd::simulator {

struct rehearsed_configuration {
    std::string text;
    core::config config;
};

/// Reads and checks it as the daemon does, but for the environment, which has no say. What is wrong goes to
/// `complaints` as `tunnelkeyd check` has it; nothing is returned where that is an error.
std::optional<rehearsed_configuration> read_for_rehearsal(const std::filesystem::path& file,
                                                          std::ostream& complaints);

/// Why the file may not be rehearsed in the directory: that holds this or another configuration, state or
/// secrets that no simulator made, and they would be overwritten. "" if it may.
std::string why_not_rehearse_in(const std::filesystem::path& directory, const std::filesystem::path& file);

struct rehearsal {
    std::filesystem::path copy;
    std::string health_listen;  ///< the copy's; "" where it has none
    inventory served;
};

/// Writes config.yaml and made-up secrets into the simulator's directory, and makes one for state there.
/// `health_port` is where the daemon's endpoints go on 127.0.0.1. Throws std::exception where that fails.
rehearsal rehearse(const rehearsed_configuration& real, const addresses& at,
                   const std::filesystem::path& directory, std::uint16_t health_port);

}  // namespace tunnelkeyd::simulator
