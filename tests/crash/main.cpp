#include "crash/report.hpp"
#include "crash/strace.hpp"
#include "crash/sweep.hpp"
#include "support/figures.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

// Strikes a daemon at its system calls, and looks at what comes of it: see docs/reliability.md.

using namespace tunnelkeyd::crash;

namespace {

struct wishes {
    std::size_t sample = 0;  ///< 0: all
    std::string only;        ///< points that contain this text
    std::string point;
    std::string figures = "crash";
    bool table = false;
    unsigned at_once = 8;
    bool list = false;
};

/// Those of all scenarios, one after the other.
plan plan_all() {
    plan all;
    const auto add = [&all](const plan& more) {
        for (const auto& [what, count] : more.counts) {
            all.counts[what].recorded += count.recorded;
            all.counts[what].reachable += count.reachable;
        }
        all.points.insert(all.points.end(), more.points.begin(), more.points.end());
        all.out_of_reach.insert(all.out_of_reach.end(), more.out_of_reach.begin(), more.out_of_reach.end());
    };
    for (const auto& seen : record_all({all_scenarios.begin(), all_scenarios.end()})) {
        add(plan_kills(seen));
        if (seen.from != scenario::once)
            add(plan_errors(seen));
    }
    return all;
}

int print(const std::vector<point>& points, const std::string& behind) {
    for (const auto& at : points)
        std::cout << to_string(at) << ' ' << at.target << (at.main_thread ? " (main thread)" : "") << behind
                  << '\n';
    return 0;
}

/// One point, with all that is known of it.
int play_one(const wishes& wanted) {
    const auto result = strike_at(parse_point(wanted.point));
    std::cout << (result.how == strike::hit::missed ? "not reached" : "struck at " + result.struck)
              << "; regenerates in all: " << result.regenerates << ", longest gap: " << result.gap.count()
              << " ms, refused with: " << result.refused << "\n";
    for (const auto& problem : result.problems)
        std::cout << problem << "\n";
    std::cout << result.log;
    return result.problems.empty() ? 0 : 1;
}

int play_all(const wishes& wanted, const std::string& program) {
    auto planned = plan_all();
    std::erase_if(planned.points,
                  [&](const point& at) { return to_string(at).find(wanted.only) == std::string::npos; });
    if (wanted.list)
        return print(planned.points, "") + print(planned.out_of_reach, " out of reach");
    const auto points = wanted.sample == 0 ? planned.points : sample(planned.points, wanted.sample);
    totals all;
    all.recorded = planned.counts;
    std::size_t done = 0;
    all.strikes = sweep(points, wanted.at_once, [&](const strike& one) {
        ++done;
        if (!one.problems.empty())
            std::cout << done << " of " << points.size() << ": " << to_string(one.at) << ": "
                      << one.problems.front() << std::endl;
    });
    const auto figures = wanted.figures + ": " + summary(all);
    tunnelkeyd::support::show_figures(wanted.figures, wanted.table ? figures + "\n\n" + table(all) : figures);
    const auto failed = failures(all, program);
    std::cout << needed_restart(all) << failed;
    if (!is_credible(all))
        std::cout << "too few points were reached: " << summary(all) << '\n';
    return failed.empty() && is_credible(all) ? 0 : 1;
}

/// Why nothing can be struck here; "" if it can.
std::string why_not() {
#ifdef TUNNELKEYD_SANITIZED
    return "the sanitizers' own system calls are most of those that are made; the release is struck";
#else
    return why_no_strace();
#endif
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program("Kills the daemon at its system calls, or makes them fail, and checks that it recovers");
    wishes wanted;
    program.add_option("--sample", wanted.sample, "So many points, evenly spread; default: all");
    program.add_option("--only", wanted.only, "Points whose name contains this");
    program.add_option("--point", wanted.point, "This point, and its log");
    program.add_option("--at-once", wanted.at_once, "How many daemons run at once")->capture_default_str();
    program.add_option("--figures", wanted.figures, "The name of the line of figures")->capture_default_str();
    program.add_flag("--table", wanted.table, "With the figures of each system call");
    program.add_flag("--list", wanted.list, "Only print the points");
    CLI11_PARSE(program, argc, argv);
    try {
        if (const auto why = why_not(); !why.empty()) {
            tunnelkeyd::support::show_figures(wanted.figures, "skipped: " + wanted.figures + ": " + why);
            return 0;
        }
        return wanted.point.empty() ? play_all(wanted, argv[0]) : play_one(wanted);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
