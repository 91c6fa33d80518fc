#pragma once

#include "core/requests.hpp"

#include <string>
#include <vector>

/// As the control socket answers `/v1/history` and `/v1/pending`: see docs/control.md.
namespace tunnelkeyd::daemon {

std::string history_json(const std::vector<core::past_rotation>& rotations);
std::string pending_json(const std::vector<core::pending_report>& gaps);

}  // namespace tunnelkeyd::daemon
