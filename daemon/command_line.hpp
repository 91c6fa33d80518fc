#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tunnelkeyd::daemon {

/// `tunnelkeyd run`
struct run_command {
    bool once = false;
    std::vector<std::string> tunnels;                 ///< with once: these, due or not; none: what is due
    core::duration max_wait = std::chrono::hours(1);  ///< with once
};

/// `tunnelkeyd check`
struct check_command {};

/// `tunnelkeyd plan`
struct plan_command {
    std::optional<core::wall_time> from;  ///< nothing: now
    core::duration length = std::chrono::days(90);
};

/// `tunnelkeyd pause` and `tunnelkeyd resume`
struct pause_command {
    bool pause = true;
    std::vector<std::string> tunnels;
};

/// `tunnelkeyd preflight`
struct preflight_command {
    std::vector<std::string> tunnels;  ///< none: all
};

/// `tunnelkeyd version`
struct version_command {};

struct command_line {
    std::string config_file;
    bool json = false;
    std::variant<run_command, check_command, plan_command, pause_command, preflight_command, version_command>
        command;
};

/// What to do, or, where there is nothing more to do (help was asked for, or the words are off), the exit
/// status; what is to be said has been printed then.
std::variant<command_line, int> parse_command_line(int argc, const char* const* argv);

}  // namespace tunnelkeyd::daemon
