#pragma once

#include "core/time.hpp"
#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/status_view.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// An open key gap, as `/v1/pending` tells of it. All texts are printable.
struct pending_view {
    std::string tunnel;
    std::string instance_url;  ///< "": not known
    bool configured = true;
    std::string state;
    std::optional<core::wall_time> gap_opened_at;
    std::uint64_t number = 0;  ///< of the stored key; 0: none is stored
    std::optional<core::wall_time> minted_at;
    unsigned regenerates = 0;
    unsigned installs = 0;
    std::vector<problem_view> problems;
};

/// Throw std::runtime_error where that is not what it says.
std::vector<pending_view> read_pending(const std::string& json);
/// Of `POST /v1/pending/{name}/reveal`, without the key.
pending_view read_revealed(const std::string& json);

/// A table, and what stands in the way of each.
void print_pending(std::ostream& out, const std::vector<pending_view>& gaps, core::wall_time now,
                   const display& on);

/// `tunnelkeyd pending`, `pending reveal`, `pending resolve`
exit_status show_pending(const command_context& all);
exit_status reveal(const command_context& all, const pending_command& how);
exit_status resolve(const command_context& all, const pending_command& how);

}  // namespace tunnelkeyd::daemon
