#pragma once

#include "core/config.hpp"
#include "simulator/addresses.hpp"
#include "simulator/rehearsal.hpp"

#include <string>

namespace tunnelkeyd::simulator {

/// What a person does with a rehearsal: commands to be copied, and where to look.
std::string next_steps(const core::config& real, const rehearsal& what, const addresses& at);

}  // namespace tunnelkeyd::simulator
