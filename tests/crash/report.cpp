#include "crash/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

namespace tunnelkeyd::crash {

namespace {

struct figures {
    unsigned points = 0;
    unsigned planned = 0;
    unsigned elsewhere = 0;
    unsigned recovered = 0;
    unsigned by_itself = 0;
    unsigned refused = 0;
    unsigned extra = 0;  ///< the most
    std::chrono::milliseconds gap{0};

    void add(const strike& one) {
        ++points;
        if (one.how == strike::hit::missed && one.problems.empty())
            return;
        planned += one.how == strike::hit::planned ? 1 : 0;
        elsewhere += one.how == strike::hit::elsewhere ? 1 : 0;
        recovered += one.problems.empty() ? 1 : 0;
        by_itself += one.by_itself ? 1 : 0;
        refused += one.refused > 0 ? 1 : 0;
        extra = std::max(extra, one.extra);
        gap = std::max(gap, one.gap);
    }
    [[nodiscard]] unsigned struck() const { return planned + elsewhere; }
};

std::string with_commas(std::size_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

figures all_of(const totals& all) {
    figures sum;
    for (const auto& one : all.strikes)
        sum.add(one);
    return sum;
}

std::size_t count_problems(const totals& all) {
    return static_cast<std::size_t>(std::count_if(all.strikes.begin(), all.strikes.end(),
                                                  [](const strike& one) { return !one.problems.empty(); }));
}

reach all_recorded(const totals& all) {
    reach sum;
    for (const auto& [what, count] : all.recorded) {
        sum.recorded += count.recorded;
        sum.reachable += count.reachable;
    }
    return sum;
}

std::string row(const std::string& what, const std::string& call, const reach& recorded, const figures& of) {
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(),
                  "| %-10s | %-15s | %8u | %6u | %6u | %9u | %10u | %9u | %7u | %5u | %7lld |\n", what.c_str(),
                  call.c_str(), recorded.recorded, recorded.reachable, of.struck(), of.recovered, of.by_itself,
                  of.refused, of.elsewhere, of.extra, static_cast<long long>(of.gap.count()));
    return line.data();
}

}  // namespace

std::string summary(const totals& all) {
    const auto sum = all_of(all);
    const auto recorded = all_recorded(all);
    return with_commas(sum.points) + " of " + with_commas(recorded.recorded) + " points recorded (" +
           with_commas(recorded.recorded - recorded.reachable) + " out of strace's reach), " +
           with_commas(sum.struck()) + " struck (" + with_commas(sum.elsewhere) +
           " of them not where recorded), " + with_commas(sum.points - sum.struck()) + " not reached, " +
           with_commas(sum.recovered) + " recovered, " + with_commas(count_problems(all)) +
           " failed; at most " + std::to_string(sum.extra) + " extra regenerates, longest gap " +
           std::to_string(sum.gap.count()) + " ms";
}

std::string table(const totals& all) {
    std::map<std::pair<std::string, std::string>, figures> rows;
    for (const auto& one : all.strikes)
        rows[{one.at.what, one.at.call}].add(one);
    std::string text = "| done to it | system call     | recorded | points | struck | recovered | by itself | "
                       "refused | elsewhere | extra | gap, ms |\n"
                       "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for (const auto& [key, of] : rows)
        text += row(key.first, key.second, all.recorded.at(key), of);
    return text + row("all", "", all_recorded(all), all_of(all));
}

std::string needed_restart(const totals& all) {
    std::string text;
    for (const auto& one : all.strikes)
        if (one.how != strike::hit::missed && one.at.what != "KILL" && !one.at.what.ends_with('+') &&
            !one.by_itself && one.refused == 0)
            text += "needed a restart: " + to_string(one.at) + " (" + one.struck + ")\n";
    return text;
}

bool is_credible(const totals& all) {
    const auto sum = all_of(all);
    return sum.points > 0 && sum.struck() * 10 >= sum.points * 9;
}

std::string failures(const totals& all, const std::string& program) {
    std::string text;
    for (const auto& one : all.strikes) {
        if (one.problems.empty())
            continue;
        text += to_string(one.at) + " (" + (one.struck.empty() ? one.at.target : one.struck) + ")\n";
        for (const auto& problem : one.problems)
            text += "  " + problem + "\n";
        text += "  again: " + program + " --point " + to_string(one.at) + "\n";
    }
    return text;
}

}  // namespace tunnelkeyd::crash
