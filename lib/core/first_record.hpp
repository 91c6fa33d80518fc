#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

namespace tunnelkeyd::core {

/// What is known of a tunnel that is seen for the first time.
tunnel_record first_record(const tunnel& settings, wall_time now);

}  // namespace tunnelkeyd::core
