#pragma once

#include "crash/points.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// What came of one point.
struct strike {
    enum class hit {
        planned,    ///< the call that was recorded there
        elsewhere,  ///< the n-th such call of a thread, and another one than in the recording
        missed,     ///< the daemon came to its end first
    };
    point at;
    hit how = hit::missed;
    std::string struck;        ///< what the call was about
    bool by_itself = false;    ///< it went on after an error and finished its rotation
    int refused = 0;           ///< the exit status with which it ended after an error
    unsigned regenerates = 0;  ///< all over
    unsigned extra = 0;        ///< beyond those that the scenario takes undisturbed
    std::chrono::milliseconds gap{0};
    std::vector<std::string> problems;
    std::string log;  ///< of the daemon, where there are problems
};

recording record(scenario from);

/// Never throws: what went wrong with the test itself is a problem too.
strike strike_at(const point& at);

}  // namespace tunnelkeyd::crash
