#pragma once

#include "core/config.hpp"
#include "core/overview.hpp"
#include "ports/journal_contents.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// What the store holds, as a daemon would describe it that had just stopped: idle tunnels are "stopped", and
/// an open key gap is failing at once, unless `at_work`: somebody else (`run --once`) has the store. Without a
/// start and the counts of a run. `because` says that no daemon runs.
core::overview stored_overview(const core::config& config, const ports::journal_contents& held, bool at_work,
                               std::string because, core::wall_time now);

}  // namespace tunnelkeyd::daemon
