#include "simulation/simulation.hpp"
#include "support/figures.hpp"

#include <CLI/CLI.hpp>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

// Runs seeds, and says which of them broke an invariant: the seed, what led to it, and how to see it again.

using namespace tunnelkeyd;

namespace {

const char* program_name = "";
std::uint64_t seed_under_way = 0;
const simulation::simulation* under_way = nullptr;
int exit_status_when_ended = 1;
constexpr int longest_seed = 120;  // seconds of CPU: a hundred times what one takes

/// An assertion in lib/ has failed, or its event loop does not turn any more: which seed was it, and what led
/// to it? Nothing of this is safe in a signal handler; but there is nothing to lose any more.
extern "C" void ended(int signal) {
    std::cout << under_way->so_far() << "seed " << seed_under_way << ": "
              << (signal == SIGABRT ? "an assertion of the daemon's own" : "it does not end")
              << "; to see it again: " << program_name << " --seeds " << seed_under_way << std::endl;
    ::_exit(exit_status_when_ended);
}

struct request {
    std::uint64_t from = 1;
    std::uint64_t to = 100;
    bool find = false;
};

struct totals {
    unsigned seeds = 0;
    std::uint64_t steps = 0;
    std::uint64_t rotations = 0;
    std::uint64_t regenerates = 0;
    std::uint64_t kills = 0;
    std::uint64_t reloads = 0;
    std::uint64_t restores = 0;
    unsigned most_in_an_hour = 0;
    double cpu = 0;
    double longest = 0;
};

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::optional<std::uint64_t> number(const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<request> parse(int argc, const char* const* argv, int& status) {
    CLI::App program("Simulates years of a daemon with fifty tunnels, a seed each, and watches the invariants");
    std::string seeds = "1-100";
    request wanted;
    bool find = false;
    program.add_option("--seeds", seeds, "FROM-TO, or one")->capture_default_str();
    program.add_flag("--find", find, "Stop at the first seed that breaks something, and fail if none does");
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        status = program.exit(error) == 0 ? 0 : 64;
        return std::nullopt;
    }
    const auto dash = seeds.find('-');
    const auto from = number(seeds.substr(0, dash));
    const auto to = dash == std::string::npos ? from : number(seeds.substr(dash + 1));
    if (!from || !to || *from > *to) {
        std::cerr << "--seeds: FROM-TO, as in 1-100, or one number\n";
        status = 64;
        return std::nullopt;
    }
    wanted = {*from, *to, find};
    return wanted;
}

simulation::findings run(std::uint64_t seed, bool traced, totals& sum) {
    const double before = cpu_seconds();
    const itimerval longest{{}, {longest_seed, 0}};
    ::setitimer(ITIMER_VIRTUAL, &longest, nullptr);
    simulation::simulation history(seed, simulation::temper_of(seed), traced);
    seed_under_way = seed;
    under_way = &history;
    auto found = history.run();
    const double took = cpu_seconds() - before;
    ++sum.seeds;
    sum.steps += found.steps;
    sum.rotations += found.rotations;
    sum.regenerates += found.regenerates;
    sum.kills += found.kills;
    sum.reloads += found.reloads;
    sum.restores += found.restores;
    sum.most_in_an_hour = std::max(sum.most_in_an_hour, found.most_in_an_hour);
    sum.cpu += took;
    sum.longest = std::max(sum.longest, took);
    return found;
}

std::string line_of(const totals& sum, unsigned broken) {
    std::ostringstream line;
    line.precision(2);
    line << std::fixed << "simulation: " << sum.seeds << " seeds of 50 tunnels and 5 years: " << sum.rotations
         << " rotations, " << sum.regenerates << " regenerates, " << sum.kills << " kills, " << sum.reloads
         << " reloads, " << sum.restores << " restored backups, " << sum.steps << " steps; at most "
         << sum.most_in_an_hour << " requests of a kind and a tunnel in an hour; "
         << sum.cpu / std::max(1U, sum.seeds) << " s CPU a seed, " << sum.longest << " s the longest; "
         << broken << " broke an invariant";
    return line.str();
}

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    const auto wanted = parse(argc, argv, status);
    if (!wanted)
        return status;
    exit_status_when_ended = wanted->find ? 0 : 1;
    std::signal(SIGABRT, ended);
    std::signal(SIGVTALRM, ended);

    program_name = argv[0];
    totals sum;
    unsigned broken = 0;
    const bool alone = wanted->from == wanted->to && !wanted->find;
    for (auto seed = wanted->from; seed <= wanted->to; ++seed) {
        const auto found = run(seed, alone, sum);
        if (found.broken.empty())
            continue;
        if (wanted->find) {
            std::cout << "seed " << seed << ": " << found.broken << "\n";
            return 0;
        }
        std::cout << "seed " << seed << ": " << found.broken << "; to see it again: " << argv[0] << " --seeds "
                  << seed << "\n";
        totals again;
        if (++broken == 1)
            std::cout << (alone ? found : run(seed, true, again)).trace;
    }
    support::show_figures("simulation " + std::to_string(wanted->from) + "-" + std::to_string(wanted->to),
                          line_of(sum, broken));
    return (broken > 0) == wanted->find ? 0 : 1;
}
