#pragma once

#include "core/requests.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tunnelkeyd::daemon {

inline constexpr const char* default_config_file = "/etc/tunnelkeyd/config.yaml";

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

/// `tunnelkeyd status`
struct status_command {
    std::string tunnel;  ///< "": all
    bool watch = false;
    bool all = false;  ///< also those that are well, where they are many
};

/// `tunnelkeyd rotate`
struct rotate_command {
    std::vector<std::string> tunnels;
    bool all = false;
    bool wait = false;
};

/// `tunnelkeyd reload`
struct reload_command {};

/// `tunnelkeyd history`
struct history_command {
    std::string tunnel;  ///< "": all
    unsigned limit = 20;
};

/// `tunnelkeyd pending`, `pending reveal` and `pending resolve`
struct pending_command {
    enum class action : std::uint8_t { list, reveal, resolve };
    action what = action::list;
    std::string tunnel;  ///< not with `list`
    bool yes = false;    ///< with `reveal`: do it
    core::resolution how = core::resolution::installed;
    std::optional<std::uint64_t> number;  ///< with `resolve`: only if that is still the key's
};

/// `tunnelkeyd version`
struct version_command {};

struct command_line {
    std::string config_file;
    bool json = false;
    std::variant<run_command, check_command, plan_command, status_command, rotate_command, reload_command,
                 pause_command, history_command, pending_command, preflight_command, version_command>
        command;
};

/// What to do, or, where there is nothing more to do (help was asked for, or the words are off), the exit
/// status; what is to be said has been printed then.
std::variant<command_line, int> parse_command_line(int argc, const char* const* argv);

}  // namespace tunnelkeyd::daemon
