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
    unsigned at_once = 8;
    bool list = false;
};

void add(const plan& planned, totals& all, std::vector<point>& points) {
    for (const auto& [what, count] : planned.counts) {
        all.recorded[what].recorded += count.recorded;
        all.recorded[what].reachable += count.reachable;
    }
    points.insert(points.end(), planned.points.begin(), planned.points.end());
}

std::vector<point> plan_all(const wishes& wanted, totals& all) {
    std::vector<point> points;
    for (const auto& seen : record_all({all_scenarios.begin(), all_scenarios.end()})) {
        add(plan_kills(seen), all, points);
        if (seen.from == scenario::first || seen.from == scenario::opened)
            add(plan_errors(seen), all, points);
    }
    std::erase_if(points,
                  [&](const point& at) { return to_string(at).find(wanted.only) == std::string::npos; });
    return wanted.sample == 0 ? points : sample(points, wanted.sample);
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
    totals all;
    const auto points = plan_all(wanted, all);
    if (wanted.list) {
        for (const auto& at : points)
            std::cout << to_string(at) << ' ' << at.target << (at.main_thread ? " (main thread)" : "") << '\n';
        return 0;
    }
    std::size_t done = 0;
    all.strikes = sweep(points, wanted.at_once, [&](const strike& one) {
        ++done;
        if (!one.problems.empty())
            std::cout << done << " of " << points.size() << ": " << to_string(one.at) << ": "
                      << one.problems.front() << std::endl;
    });
    std::cout << table(all) << failures(all, program);
    tunnelkeyd::support::show_figures(wanted.figures, wanted.figures + ": " + summary(all));
    const auto failed = failures(all, program);
    return failed.empty() && !points.empty() ? 0 : 1;
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
    program.add_flag("--list", wanted.list, "Only print the points");
    CLI11_PARSE(program, argc, argv);
    try {
        if (const auto why = why_no_strace(); !why.empty()) {
            tunnelkeyd::support::show_figures(wanted.figures, "skipped: " + wanted.figures + ": " + why);
            return 0;
        }
        return wanted.point.empty() ? play_all(wanted, argv[0]) : play_one(wanted);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
