#pragma once

#include <string>
#include <string_view>

/// Where the project and this build of it are. One file knows, so that all others compile to the same objects
/// wherever that is.
namespace tunnelkeyd::support {

/// `name` is relative to the project: "docs/control.md".
std::string project_file(std::string_view name);

std::string daemon_program();
std::string simulator_program();

}  // namespace tunnelkeyd::support
