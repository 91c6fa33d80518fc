#pragma once

#include "core/time.hpp"
#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// A rotation that is over, as `/v1/history` tells of it. All texts are printable.
struct past_rotation_view {
    std::string tunnel;
    std::string reason;
    core::wall_time ended_at;
    core::duration gap{0};
    unsigned regenerates = 0;
    unsigned installs = 0;
    std::string outcome;
    std::string error;
};

/// Throws std::runtime_error where that is not what it says.
std::vector<past_rotation_view> read_history(const std::string& json);

/// A table, and each error on a line of its own.
void print_history(std::ostream& out, const std::vector<past_rotation_view>& rotations, const display& on);

/// The JSON of `/v1/history`, by the daemon or from the store. `tunnel` "": of all.
std::string history_of(const command_context& all, const std::string& tunnel, unsigned limit);

/// `tunnelkeyd history`
exit_status show_history(const command_context& all, const history_command& how);

}  // namespace tunnelkeyd::daemon
