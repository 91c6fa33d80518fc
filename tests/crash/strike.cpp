#include "crash/strike.hpp"

#include "crash/scene.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::crash {

namespace {

using std::chrono::seconds;

/// How long a daemon whose call failed may take before it is started again; less, where nothing will get
/// better.
constexpr seconds enough{10};
constexpr seconds hopeless{3};

std::string injection(const point& at) {
    const auto lasts = at.what.ends_with('+');
    const auto error = lasts ? at.what.substr(0, at.what.size() - 1) : at.what;
    const auto what = error == "KILL" ? std::string("signal=KILL") : "error=" + error;
    return "inject=" + at.call + ":" + what + ":when=" + std::to_string(at.n) + (lasts ? "+" : "");
}

std::vector<std::string> options(const point& at, const std::string& directory) {
    auto all = lens_called(at.through).strace_options(directory);
    all.insert(all.end(), {"-y", "-s", "0", "-e", "trace=" + at.call, "-e", injection(at)});
    return all;
}

void note_hit(const scene& played, strike& result) {
    const auto calls = parse_trace(played.trace());
    const auto* struck = struck_call(calls, result.at);
    if (struck == nullptr)
        return;
    const bool main_thread = struck->thread == 0 || struck->thread == played.process();
    result.struck = describe_target(*struck, played.directory());
    const bool planned = main_thread == result.at.main_thread && result.struck == result.at.target;
    result.how = planned ? strike::hit::planned : strike::hit::elsewhere;
}

void play(strike& result) {
    const auto& at = result.at;
    scene played(at.from);
    evidence seen;
    seen.killed = at.what == "KILL";
    seen.lasting = at.what.ends_with('+');
    played.run_traced(options(at, played.directory()), seen.lasting ? hopeless : enough, seen);
    note_hit(played, result);
    if (result.how == strike::hit::missed)
        seen.killed = false;
    result.by_itself = !seen.killed && seen.was_asked && seen.found.found == store_look::state::done;
    result.refused = seen.was_asked ? 0 : seen.status;

    played.recover(seen);
    result.regenerates = seen.regenerates_after;
    const auto usual = seen.prepared_regenerates + seen.usual_regenerates;
    result.extra = std::max(seen.regenerates_after, usual) - usual;
    result.gap = played.longest_gap();
    result.problems = judge(seen);
    if (!result.problems.empty())
        result.log = played.log();
}

}  // namespace

recording record(scenario from) {
    scene played(from);
    evidence seen;
    played.run_traced({"-f", "-y", "-s", "0"}, support::patience, seen);
    if (!seen.was_asked || seen.status != 0)
        throw std::runtime_error("the run to record failed:\n" + played.log());
    return {from, played.process(), played.directory(), parse_trace(played.trace())};
}

strike strike_at(const point& at) {
    strike result;
    result.at = at;
    try {
        play(result);
    } catch (const std::exception& problem) {
        result.problems.emplace_back(std::string("the test failed: ") + problem.what());
    }
    return result;
}

}  // namespace tunnelkeyd::crash
