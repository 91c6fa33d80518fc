#pragma once

#include "crash/strike.hpp"

#include <functional>
#include <vector>

namespace tunnelkeyd::crash {

/// Plays all points, so many at once: most of the time they wait. `told` is called of each as it is done, one
/// at a time. The results are in the order of the points.
std::vector<strike> sweep(const std::vector<point>& points, unsigned at_once,
                          const std::function<void(const strike&)>& told);

/// All recordings, at once.
std::vector<recording> record_all(const std::vector<scenario>& scenarios);

/// So many of them, evenly spread.
std::vector<point> sample(const std::vector<point>& points, std::size_t wanted);

}  // namespace tunnelkeyd::crash
