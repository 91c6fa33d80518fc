#pragma once

#include "crash/strike.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::crash {

/// What was recorded and what came of it, over all scenarios.
struct totals {
    /// By what is done, and to which call.
    std::map<std::pair<std::string, std::string>, reach> recorded;
    std::vector<strike> strikes;
};

/// "60 of 4,321 points recorded, 59 struck (...), all recovered, ..."
std::string summary(const totals& all);

/// A line for each system call and what was done to it.
std::string table(const totals& all);

/// Each point after which the daemon ran on and was not well before it was started again, though no more than
/// one call had failed.
std::string needed_restart(const totals& all);

/// Were most of the points reached? If not, no more is known than that something is wrong with the test.
bool is_credible(const totals& all);

/// Each point with a problem, with the command that plays it again.
std::string failures(const totals& all, const std::string& program);

}  // namespace tunnelkeyd::crash
