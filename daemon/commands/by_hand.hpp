#pragma once

#include "core/config.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/pending.hpp"

#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

/// The two steps by which a person installs a revealed key. `key` is looked at, and not shown; `settings` may
/// be null. No secret is on any command line in them, since everybody may list those.
std::string steps_by_hand(const pending_view& gap, std::string_view key, const core::tunnel* settings,
                          const command_context& all);

}  // namespace tunnelkeyd::daemon
