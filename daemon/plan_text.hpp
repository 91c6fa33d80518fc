#pragma once

#include "daemon/plan_view.hpp"

#include <cstddef>
#include <iosfwd>

namespace tunnelkeyd::daemon {

/// The table shows the first so many rotations, and the calendar the first so many months.
inline constexpr std::size_t rotations_shown = 200;
inline constexpr std::size_t months_shown = 24;

/// For people: a table of the rotations, each in local time of its tunnel's zone; the notes; a calendar.
void print_plan_text(std::ostream& out, const plan_view& plan);

/// A grid for each month, Monday to Sunday, with the number of rotations of each day in UTC, and `.` for none;
/// days out of the range are left blank. At most 80 columns wide.
void print_plan_calendar(std::ostream& out, const plan_view& plan);

}  // namespace tunnelkeyd::daemon
