#include "crash/verdict.hpp"

#include <csignal>
#include <set>

namespace tunnelkeyd::crash {

namespace {

using state = store_look::state;

/// How often the second run may regenerate: a repeat, and its confirmation; nothing once the key was sealed.
unsigned allowed_regenerates(const store_look& found) {
    switch (found.found) {
    case state::nothing:
        return 1;  // the rotation itself
    case state::intent:
        return 2;
    case state::sealed:
    case state::done:
        return found.confirmation_owed ? 1 : 0;
    }
    return 0;
}

std::string counted(unsigned times) {
    return std::to_string(times) + (times == 1 ? " regenerate" : " regenerates");
}

void judge_end_by_kill(const evidence& seen, std::vector<std::string>& problems) {
    if (seen.status != -SIGKILL)
        problems.push_back("it was killed, and ended with " + std::to_string(seen.status));
    const auto more = seen.regenerates_after - seen.regenerates_before;
    if (more > allowed_regenerates(seen.found))
        problems.push_back(counted(more) + " after the restart, where " +
                           std::to_string(allowed_regenerates(seen.found)) + " are allowed");
}

void judge_end_by_error(const evidence& seen, std::vector<std::string>& problems) {
    static const std::set<int> refusals = {1, 75, 78};
    const bool took_too_long = seen.lasting && seen.was_asked && seen.status == -SIGKILL;
    if (seen.status < 0 && !took_too_long)
        problems.push_back("signal " + std::to_string(-seen.status) + " ended it");
    else if (!seen.was_asked && !refusals.contains(seen.status))
        problems.push_back("it ended by itself with " + std::to_string(seen.status));
    else if (!seen.was_asked && !seen.said_why)
        problems.push_back("it ended with " + std::to_string(seen.status) + " and did not say why");
    // A repeat and a confirmation, as after a kill.
    const auto all = seen.regenerates_after - seen.prepared_regenerates;
    if (all > seen.usual_regenerates + 2)
        problems.push_back(counted(all) + ", where " + std::to_string(seen.usual_regenerates + 2) +
                           " are allowed");
}

}  // namespace

std::vector<std::string> judge(const evidence& seen) {
    std::vector<std::string> problems;
    if (!seen.found.problem.empty())
        problems.push_back("the store cannot be opened: " + seen.found.problem);
    else if (seen.found.found == state::nothing && seen.regenerates_before > 0)
        problems.push_back("the store knows nothing of " + counted(seen.regenerates_before) + " that left");
    if (seen.killed)
        judge_end_by_kill(seen, problems);
    else
        judge_end_by_error(seen, problems);
    if (!seen.recovery.empty())
        problems.push_back("it did not recover: " + seen.recovery);
    if (!seen.in_step)
        problems.push_back("the instance does not hold the cloud's key");
    if (!seen.left.problem.empty())
        problems.push_back("the store cannot be opened in the end: " + seen.left.problem);
    else if (seen.left.found != state::done || seen.left.confirmation_owed)
        problems.push_back("in the end the store says that something is left to do");
    return problems;
}

}  // namespace tunnelkeyd::crash
