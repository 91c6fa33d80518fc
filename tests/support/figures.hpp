#pragma once

#include <string>

namespace tunnelkeyd::support {

/// Prints `lines`, and keeps them as the file `name` in the folder $TUNNELKEYD_FIGURES, which script/test shows
/// at its end: ctest hides what a passing test prints. Without that variable they are only printed.
void show_figures(const std::string& name, const std::string& lines);

}  // namespace tunnelkeyd::support
