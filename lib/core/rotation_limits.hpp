#pragma once

#include "core/time.hpp"

// Private to rotation*.cpp.
namespace tunnelkeyd::core {

inline constexpr unsigned rejections_until_replaced = 5;
/// What Retry-After may ask for with the gap open, but for a cloud's 429.
inline constexpr duration longest_retry_after = std::chrono::minutes(5);

}  // namespace tunnelkeyd::core
