#pragma once

#include "core/config.hpp"

#include <string>

namespace tunnelkeyd::core {

/// A tunnel's settings as a compact JSON document that config::load_text() reads back as a configuration of
/// exactly this tunnel and its organization (JSON is YAML). Every default is written out, so that a later
/// version's defaults change nothing. References, never secrets.
std::string settings_text(const tunnel& only);

/// The whole configuration in the same way.
std::string settings_text(const config& settings);

}  // namespace tunnelkeyd::core
