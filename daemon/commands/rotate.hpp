#pragma once

#include "daemon/command_line.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/status_view.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// How a command lets time go by.
struct pace {
    std::function<core::steady_time()> now;
    std::function<bool(core::duration)> interrupted_within;  ///< waits so long; true: a person has had enough
};

/// Looks at these tunnels: one by one where they are few, else at all. Those that are not there are left out.
status_view look_at(const asks& ask, const std::vector<std::string>& tunnels);

/// How long to wait before the next look, after one that took so long: a daemon shall answer for no more than a
/// tenth of the time.
core::duration until_next_look(core::duration took);

/// "[#####...............] 12 of 50 done, 1 failed, 37 in flight"
std::string progress_text(std::size_t done, std::size_t failed, std::size_t total);

/// `tunnelkeyd rotate`, to these streams.
exit_status rotate(const command_context& all, const rotate_command& how, const pace& time, std::ostream& out,
                   std::ostream& err);

}  // namespace tunnelkeyd::daemon
