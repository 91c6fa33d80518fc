#pragma once

#include "core/overview.hpp"
#include "core/record.hpp"
#include "core/requests.hpp"

#include <string>

/// What a tunnel's record alone says, for whoever shows it: the daemon, which knows more, or a command where
/// none runs.
namespace tunnelkeyd::core {

/// All but `settings`, `configured`, `state`, `next`, `rotation`, `preflight`, `ended` and `problems`.
tunnel_overview overview_of(const tunnel_record& record);

/// Of an open key gap: all but `organization`, `configured`, `state` and `problems`.
pending_report pending_of(const tunnel_record& record);

/// Why a tunnel that has left the configuration is an orphan: `owner` is the tunnel at its instance now.
std::string orphaned_by(const std::string& owner);

}  // namespace tunnelkeyd::core
