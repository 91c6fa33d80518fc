#pragma once

#include "core/config.hpp"
#include "core/overview.hpp"
#include "core/requests.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// What commands show where no daemon runs: the state store, read without its lock and its sealing key. All
/// throw store::error.
namespace tunnelkeyd::daemon {

/// Says that no daemon runs, or that another process has the store; for people.
std::string stored_note(const std::string& directory, const std::string& socket);

/// `tunnel`: that one alone, by its name or its hostname; "": all.
core::overview stored_status(const core::config& config, const std::string& socket, const std::string& tunnel);
/// Of the store in this directory; the configuration has the names. The daemon reads its history so, too.
std::vector<core::past_rotation> stored_history(const core::config& config, const std::string& directory,
                                                const std::string& tunnel, std::size_t limit);
std::vector<core::pending_report> stored_pending(const core::config& config);

}  // namespace tunnelkeyd::daemon
