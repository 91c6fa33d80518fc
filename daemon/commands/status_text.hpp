#pragma once

#include "daemon/commands/display.hpp"
#include "daemon/commands/status_view.hpp"

#include <cstddef>
#include <iosfwd>

namespace tunnelkeyd::daemon {

/// With more tunnels than this, only those are shown that are not well or at work; and with more problems than
/// the second, only the worst.
inline constexpr std::size_t tunnels_shown = 20;
inline constexpr std::size_t problems_shown = 10;

/// For a person on call: the verdict, a table of the tunnels, the worst first, and every problem with its
/// remedy. `all`: whatever there is.
void print_status(std::ostream& out, const status_view& seen, bool all, const display& on);

/// Everything about one tunnel, but its history.
void print_tunnel(std::ostream& out, const status_view& seen, const tunnel_view& tunnel, const display& on);

/// The worst and then the longest first. Tunnels with the same problem share one.
void print_problems(std::ostream& out, std::vector<problem_view> problems, core::wall_time now, bool all,
                    const display& on);

/// The colour of a verdict.
paint paint_of(core::health verdict);
/// "FAILING".
std::string shouted(core::health verdict);

}  // namespace tunnelkeyd::daemon
