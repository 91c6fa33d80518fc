#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

// Private to rotation*.cpp, and to what foretells them.
namespace tunnelkeyd::core {

inline constexpr unsigned rejections_until_replaced = 5;
/// What Retry-After may ask for with the gap open, but for a cloud's 429.
inline constexpr duration longest_retry_after = std::chrono::minutes(5);

/// What is left of a wait on disk after a restart, at most: the wall clock may have stepped.
duration longest_wait_after_restart(const tunnel_record& record, const retry_policy& retry, wall_time now);

}  // namespace tunnelkeyd::core
