#include "simulation/temper.hpp"

#include "simulation/chance.hpp"

#include <array>

namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using std::chrono::days;

temper temper_of(std::uint64_t seed) {
    chance by(seed, 1);
    const auto often = [&](double probability, std::array<core::duration, 3> how) {
        const auto chosen = by.one_of(how);
        return by.happens(probability) ? std::optional(chosen) : std::nullopt;
    };
    temper made;
    made.organizations = 1 + static_cast<unsigned>(by.pick(5));
    made.every = by.one_of(std::array<core::duration, 4>{days(14), days(30), days(30), days(90)});
    made.jitter = by.one_of(std::array<core::duration, 3>{0ms, 6h, days(2)});
    made.by_cron = by.one_of(std::array{0.0, 0.3, 0.9});
    made.in_windows = by.one_of(std::array{0.0, 0.3, 0.9});
    made.checkup_every = often(0.5, {days(1), days(7), days(30)});

    made.request_fails = by.one_of(std::array{0.0, 0.01, 0.05, 0.15});
    made.late = by.one_of(std::array{0.0, 0.2, 0.6});
    made.write_fails = by.one_of(std::array{0.0, 0.0, 0.01, 0.1});
    made.failed_writes_stay = by.happens(0.3);
    made.key_unwanted = by.one_of(std::array{0.0, 0.0, 0.05});
    made.killed_at_request = by.one_of(std::array{0.0, 0.01, 0.03});
    made.trouble_at_request = by.one_of(std::array{0.0, 0.01, 0.05});
    made.change_at_request = by.one_of(std::array{0.0, 0.005, 0.02});

    made.killed = often(0.6, {days(7), days(30), days(90)});
    made.stopped = often(0.5, {days(7), days(30), days(60)});
    made.restored = often(0.3, {days(60), days(120), days(365)});
    made.cloud_trouble = often(0.7, {days(4), days(15), days(60)});
    made.instance_trouble = often(0.7, {days(2), days(10), days(30)});
    made.store_trouble = often(0.4, {days(30), days(60), days(200)});
    made.credentials_trouble = often(0.5, {days(7), days(30), days(90)});
    made.reload = often(0.7, {days(7), days(20), days(60)});
    made.clock_stepped = often(0.4, {days(5), days(20), days(60)});
    made.paused = by.one_of(std::array{0.0, 0.0, 0.1, 0.5});
    made.asked = often(0.5, {days(3), days(10), days(30)});
    made.trouble_lasts = by.one_of(std::array<core::duration, 3>{5min, 1h, 4h});
    made.requests_per_minute = by.one_of(std::array{300U, 60U, 20U, 20U});
    made.allowed_per_minute = by.happens(0.2) ? made.requests_per_minute / 2 : made.requests_per_minute;
    return made;
}

}  // namespace tunnelkeyd::simulation
