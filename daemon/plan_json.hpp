#pragma once

#include "daemon/plan_view.hpp"

#include <iosfwd>

namespace tunnelkeyd::daemon {

/// {"rotations": [{"tunnel", "at", "reason"}, ...], "notes": [...]}, with one rotation a line: `at` in UTC to
/// the second. Written as it goes: millions of rotations take no memory.
void print_plan_json(std::ostream& out, const plan_view& plan);

}  // namespace tunnelkeyd::daemon
