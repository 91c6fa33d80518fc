#include "bench/series.hpp"
#include "core/schedule/window.hpp"
#include "support/schedules.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <random>
#include <variant>
#include <vector>

// What it costs to ask when a schedule is due next. Prints one line a figure, the median of the runs with the
// lowest and the highest.

using namespace tunnelkeyd;
using namespace tunnelkeyd::core;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr int runs = 5;
constexpr int calls = 20'000;

std::vector<wall_time> starts() {
    std::mt19937_64 chance(1);
    std::vector<wall_time> made(calls);
    const wall_time first = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    for (auto& at : made)
        at = first + duration(chance() % duration(std::chrono::days(3653)).count());
    return made;
}

/// `call` takes an instant, and gives one.
template <class Call>
void measure(const char* name, const std::vector<wall_time>& at, const Call& call) {
    bench::series values{name, "us", {}};
    for (int run = 0; run < runs; ++run) {
        duration sum{0};
        const auto start = clock_type::now();
        for (const auto each : at)
            sum += call(each) - each;
        const std::chrono::duration<double, std::micro> took = clock_type::now() - start;
        if (sum < duration(0))  // never; so that nothing is left out
            std::puts("backwards");
        values.values.push_back(took.count() / static_cast<double>(at.size()));
    }
    values.print();
}

void measure_cron(const char* name, const char* expression, const char* zone_name,
                  const std::vector<wall_time>& at) {
    const auto made = tests::cron_of(expression);
    const auto zone = tests::zone_of(zone_name);
    measure(name, at, [&](wall_time after) { return made.next(after, zone); });
}

}  // namespace

int main() {
    const auto anywhere = starts();
    std::printf("the next occurrence, %d instants over ten years, %d runs\n", calls, runs);
    measure_cron("0 3 * * sat in UTC", "0 3 * * sat", "UTC", anywhere);
    measure_cron("0 3 * * sat in Europe/Berlin", "0 3 * * sat", "Europe/Berlin", anywhere);
    measure_cron("*/5 * * * * in Europe/Berlin", "*/5 * * * *", "Europe/Berlin", anywhere);
    measure_cron("0 0 29 2 */7 in UTC", "0 0 29 2 */7", "UTC", anywhere);
    measure_cron("0 0 29 2 */7 in Africa/Casablanca", "0 0 29 2 */7", "Africa/Casablanca", anywhere);

    // From 29 February 2088 on it is forty years; with months that have no such day to be passed over.
    const auto before_2100 =
        std::vector<wall_time>(calls, std::chrono::sys_days(std::chrono::year(2088) / 3 / 1));
    measure_cron("0 0 29 2 */7, forty years, Africa/Casablanca", "0 0 29 2 */7", "Africa/Casablanca",
                 before_2100);
    // The second time that clocks show an hour: all of it is passed over.
    const auto repeated = std::vector<wall_time>(
        calls, std::chrono::sys_days(std::chrono::year(2026) / 10 / 25) + std::chrono::minutes(65));
    measure_cron("* * * * * in a repeated hour, Europe/Berlin", "* * * * *", "Europe/Berlin", repeated);

    const std::vector<window> nights = {{0x3e, std::chrono::hours(22), std::chrono::hours(4)},
                                        {0x41, std::chrono::hours(0), std::chrono::hours(24)}};
    const auto berlin = tests::zone_of("Europe/Berlin");
    measure("next opening of two windows, Europe/Berlin", anywhere,
            [&](wall_time at) { return std::max(at, next_opening(nights, berlin, at).from); });
}
