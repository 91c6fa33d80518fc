#pragma once

#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// What is going on, as `/status` answers, and what is to be said of where it comes from.
struct status_answer {
    std::string json;
    std::string note;  ///< "": the daemon says so
};

/// By the daemon or from the store; `tunnel` alone, or with "" all.
status_answer status_of(const command_context& all, const std::string& tunnel);

/// `tunnelkeyd status`: exits 1 when failing.
exit_status show_status(const command_context& all, const status_command& how);

}  // namespace tunnelkeyd::daemon
