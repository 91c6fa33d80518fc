#pragma once

#include "daemon/commands/context.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// What `POST /v1/reload` answered, for people.
std::string reload_text(const std::string& json, const display& on);

/// `tunnelkeyd reload`
exit_status reload(const command_context& all);

}  // namespace tunnelkeyd::daemon
