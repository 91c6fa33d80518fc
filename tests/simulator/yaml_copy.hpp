#pragma once

#include <yaml-cpp/node/node.h>

#include <string>
#include <string_view>

/// YAML that is read, changed and written again.
namespace tunnelkeyd::simulator {

/// The document, with a copy in the place of each alias: a change to one place is a change to no other.
/// Throws YAML::Exception for what is no YAML.
YAML::Node read_yaml(std::string_view text);

/// Quotes stay where they were: `"1.2"` is no number and `"true"` no truth value for whoever reads it.
std::string write_yaml(const YAML::Node& document);

}  // namespace tunnelkeyd::simulator
