#include "crash/points.hpp"

#include "crash/errors.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::crash {

namespace {

/// strace starts with the first, and no signal can be injected into the second.
bool can_be_struck(const traced_call& call) {
    return call.name != "execve" && call.name != "restart_syscall";
}

/// Where each call of a recording can be struck: nothing, where no lens leads there.
std::vector<std::optional<std::pair<const lens*, unsigned>>> ways_to(const recording& seen) {
    std::vector<std::optional<std::pair<const lens*, unsigned>>> ways(seen.calls.size());
    for (const auto& through : lenses()) {
        std::map<std::pair<int, std::string>, unsigned> counts;
        std::set<std::pair<std::string, unsigned>> taken;
        for (std::size_t i = 0; i < seen.calls.size(); ++i) {
            const auto& call = seen.calls[i];
            if (!through.shows(call, call.thread == seen.process, seen.directory))
                continue;
            const auto n = ++counts[{call.thread, call.name}];
            if (taken.emplace(call.name, n).second && !ways[i] && can_be_struck(call))
                ways[i] = {&through, n};
        }
    }
    return ways;
}

template <class Condition>
std::size_t first_call(const recording& seen, const Condition& condition) {
    const auto found = std::find_if(seen.calls.begin(), seen.calls.end(), condition);
    return static_cast<std::size_t>(found - seen.calls.begin());
}

/// What comes before the store is opened is the same whatever is in it: it is swept once.
std::size_t begin_of_kills(const recording& seen) {
    if (seen.from == scenario::first)
        return 0;
    return first_call(seen, [&](const traced_call& call) {
        return call.name == "openat" && bytes_of(call) == seen.directory + "/state/lock";
    });
}

/// What becomes of errors in the dynamic loader is not the daemon's to say: the first thing that it does is to
/// set its umask.
std::size_t begin_of_errors(const recording& seen) {
    return std::max(begin_of_kills(seen),
                    first_call(seen, [](const traced_call& call) { return call.name == "umask"; }));
}

template <class Injections>
plan make_plan(const recording& seen, std::size_t begin, const Injections& injections) {
    plan made;
    const auto ways = ways_to(seen);
    std::map<std::pair<int, std::string>, unsigned> own_counts;
    for (std::size_t i = 0; i < seen.calls.size(); ++i) {
        const auto& call = seen.calls[i];
        const auto own = ++own_counts[{call.thread, call.name}];
        if (i < begin)
            continue;
        const auto target = describe_target(call, seen.directory);
        for (const auto& what : injections(call, target)) {
            point at{seen.from, what, "", call.name, own, call.thread == seen.process, target};
            auto& counted = made.counts[{what, call.name}];
            ++counted.recorded;
            if (!ways[i]) {
                made.out_of_reach.push_back(std::move(at));
                continue;
            }
            ++counted.reachable;
            at.through = ways[i]->first->name;
            at.n = ways[i]->second;
            made.points.push_back(std::move(at));
        }
    }
    return made;
}

}  // namespace

std::string to_string(const point& at) {
    std::string lens = at.through;
    std::replace(lens.begin(), lens.end(), '/', ':');
    return to_string(at.from) + "/" + at.what + "/" + lens + "/" + at.call + "/" + std::to_string(at.n);
}

point parse_point(const std::string& text) {
    std::array<std::string, 5> parts;
    std::istringstream stream(text);
    for (auto& part : parts)
        std::getline(stream, part, '/');
    point at;
    const auto* from = std::find_if(all_scenarios.begin(), all_scenarios.end(),
                                    [&](scenario each) { return to_string(each) == parts[0]; });
    if (from == all_scenarios.end() || parts[4].empty())
        throw std::invalid_argument("not a point: " + text);
    at.from = *from;
    at.what = parts[1];
    std::replace(parts[2].begin(), parts[2].end(), ':', '/');
    at.through = parts[2];
    at.call = parts[3];
    at.n = static_cast<unsigned>(std::stoul(parts[4]));
    return at;
}

plan plan_kills(const recording& seen) {
    return make_plan(seen, begin_of_kills(seen), [](const traced_call& call, const std::string&) {
        return can_be_struck(call) ? std::vector<std::string>{"KILL"} : std::vector<std::string>{};
    });
}

plan plan_errors(const recording& seen) {
    return make_plan(seen, begin_of_errors(seen), errors_of);
}

std::string describe_target(const traced_call& call, const std::string& directory) {
    auto target = target_of(call);
    if (target.empty() && call.arguments.find('"') != std::string::npos)
        target = bytes_of(call);
    for (auto at = target.find(directory + "/"); at != std::string::npos; at = target.find(directory + "/"))
        target.erase(at, directory.size() + 1);
    for (const char* kind : {"socket", "pipe"})
        if (target.starts_with(std::string(kind) + ":["))
            return kind;
    return target;
}

const traced_call* struck_call(const std::vector<traced_call>& calls, const point& at) {
    std::map<int, unsigned> counts;
    for (const auto& call : calls)
        if (call.name == at.call && ++counts[call.thread] == at.n)
            return &call;
    return nullptr;
}

}  // namespace tunnelkeyd::crash
