#pragma once

#include "crash/strike.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// What was recorded and what came of it, over all scenarios.
struct totals {
    unsigned recorded = 0;   ///< points: calls, once for each thing that can be done to them
    unsigned reachable = 0;  ///< of them a lens leads to
    std::vector<strike> strikes;
};

/// "60 of 4,321 points recorded, 59 struck (...), all recovered, ..."
std::string summary(const totals& all);

/// A line for each system call and what was done to it.
std::string table(const totals& all);

/// Each point with a problem, with the command that plays it again.
std::string failures(const totals& all, const std::string& program);

}  // namespace tunnelkeyd::crash
