#pragma once

#include "crash/lens.hpp"
#include "crash/scenario.hpp"
#include "crash/trace.hpp"

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::crash {

/// A run that nothing disturbed.
struct recording {
    scenario from = scenario::first;
    pid_t process = 0;
    std::string directory;  ///< of the scene
    std::vector<traced_call> calls;
};

/// One moment at which something is done to the daemon: when a thread that the lens shows enters this call for
/// the n-th time.
struct point {
    scenario from = scenario::first;
    std::string what;  ///< "KILL", or the error that the call fails with: "EIO", or "EIO+" from then on
    std::string through;
    std::string call;
    unsigned n = 1;
    /// Where that was in the recording.
    bool main_thread = false;
    std::string target;
};

/// "first/KILL/main/openat/12", and back. What was recorded is not in it. Throws std::invalid_argument.
std::string to_string(const point& at);
point parse_point(const std::string& text);

/// How many calls were recorded, and to how many of them a lens leads.
struct reach {
    unsigned recorded = 0;
    unsigned reachable = 0;
};

struct plan {
    std::vector<point> points;        ///< in the order of the recording
    std::vector<point> out_of_reach;  ///< to which no lens leads; `n` is the thread's own count
    /// By what is done, and to which call.
    std::map<std::pair<std::string, std::string>, reach> counts;
};

/// Killed at every call that a lens leads to.
plan plan_kills(const recording& seen);
/// Each call that can fail fails, with each error that it can have in reality.
plan plan_errors(const recording& seen);

/// What a call is about, without what differs from run to run: "state/state.db-wal", "socket".
std::string describe_target(const traced_call& call, const std::string& directory);

/// The call that was struck in a run with this point's injection; null if it did not come to that.
const traced_call* struck_call(const std::vector<traced_call>& calls, const point& at);

}  // namespace tunnelkeyd::crash
