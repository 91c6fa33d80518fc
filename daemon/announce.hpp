#pragma once

#include "core/config.hpp"
#include "ports/log.hpp"
#include "store/state_store.hpp"

#include <string>
#include <vector>

/// What `run` says of itself, with and without --once.
namespace tunnelkeyd::daemon {

/// Raises the limit of file descriptors first, and says if that is too low for the tunnels.
void announce_start(ports::log& log, const core::config& config, const std::string& config_file);
void announce_stopping(ports::log& log);
/// A second signal: it ends at once.
void announce_abort(ports::log& log);
/// `open_gaps`: the names of the tunnels whose key gap is open still.
void announce_end(ports::log& log, const std::vector<std::string>& open_gaps);
void announce_statistics(ports::log& log, const store::state_store& store);

}  // namespace tunnelkeyd::daemon
