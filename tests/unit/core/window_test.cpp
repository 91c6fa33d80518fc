#include "core/schedule/window.hpp"
#include "cron_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using windows = std::vector<window>;

namespace {

constexpr duration grain = 5min;
constexpr std::uint8_t sunday = 1;
constexpr std::uint8_t friday = 1 << 5;
constexpr std::uint8_t saturday = 1 << 6;
constexpr std::uint8_t each_day = 0x7f;

/// By the definition: clocks show an hour of a window that opened today, or yesterday and goes on past
/// midnight.
bool is_within(const windows& all, const time_zone& zone, wall_time at) {
    const auto shown = zone.to_local(at);
    const auto date = floor<days>(shown);
    const auto opens = [](const window& each, std::chrono::local_days on) {
        return (each.days >> std::chrono::weekday(on).c_encoding() & 1) != 0;
    };
    return all.empty() || std::any_of(all.begin(), all.end(), [&](const window& each) {
               const auto of_day = shown - date;
               if (each.from < each.to)
                   return opens(each, date) && of_day >= each.from && of_day < each.to;
               return (opens(each, date) && of_day >= each.from) ||
                      (opens(each, date - days(1)) && of_day < each.to);
           });
}

windows random_windows(std::mt19937& chance) {
    const auto among = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(chance);
    };
    windows made(static_cast<std::size_t>(among(1, 4)));
    for (auto& each : made) {
        each.days = static_cast<std::uint8_t>(among(0, 3) == 0 ? 127 : 1 << among(0, 6) | 1 << among(0, 6));
        each.from = grain.count() / 60'000 * minutes(among(0, 287));
        each.to = grain.count() / 60'000 * minutes(among(1, 288));
    }
    return made;
}

/// Of each step of `grain` from `begin` on, whether it is within.
struct naive {
    wall_time begin;
    std::vector<bool> within;

    naive(const windows& all, const time_zone& zone, wall_time from, wall_time to) : begin(from) {
        for (auto at = from; at < to; at += grain)
            within.push_back(is_within(all, zone, at));
    }

    [[nodiscard]] wall_time at(std::size_t i) const { return begin + grain * static_cast<int>(i); }

    /// The first index from `i` on whose state is `state`.
    [[nodiscard]] std::size_t find(std::size_t i, bool state) const {
        return static_cast<std::size_t>(
            std::find(within.begin() + static_cast<std::ptrdiff_t>(i), within.end(), state) - within.begin());
    }
};

/// Compared at each instant from two weeks on, over two weeks, with a change of clocks in their middle.
void compare(const windows& all, const time_zone& zone, wall_time change) {
    const naive reference(all, zone, change - days(21), change + days(42));
    const auto per_day = static_cast<std::size_t>(duration(days(1)) / grain);
    std::size_t wrong = 0;
    for (auto i = 14 * per_day; i < 28 * per_day; ++i) {
        if (i % 19 != 0 && reference.within[i] == reference.within[i - 1])
            continue;
        const auto at = reference.at(i);
        const auto open = next_opening(all, zone, at);
        const auto first = reference.find(i, true);
        auto from = first;
        while (from > 0 && reference.within[from - 1] && reference.at(from) > at - days(14))
            --from;
        const auto to = std::min(reference.at(reference.find(first, false)), std::max(open.to, at + days(14)));
        wrong += open != opening{reference.at(from), to};
        wrong += open.has(at) != reference.within[i];
    }
    CHECK(wrong == 0);
    for (auto i = 14 * per_day; i < 28 * per_day; i += 97)
        for (const std::size_t steps : {1u, 13u, 1500u}) {
            duration sum{0};
            for (auto k = i; k < i + steps; ++k)
                sum += reference.within[k] ? grain : 0ms;
            const auto from = reference.at(i);
            wrong += open_time(all, zone, from, from + grain * static_cast<int>(steps)) != sum;
            // The other way round: the first instant at which that much has passed.
            if (sum > 0ms) {
                auto end = i + steps;
                while (!reference.within[end - 1])
                    --end;
                wrong += after_open_time(all, zone, from, sum) != reference.at(end);
                wrong += after_open_time(all, zone, from, sum - 1ms) != reference.at(end) - 1ms;
            }
        }
    CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("random windows: openings are what clocks show, instant by instant, over changes of clocks") {
    const auto* name = GENERATE("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu");
    const auto zone = zone_of(name);
    std::mt19937 chance(2026);
    auto changes = transitions(zone, utc("2020-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"));
    changes.push_back(utc("2026-12-05T00:00:00Z"));
    changes.resize(std::min<std::size_t>(changes.size(), 5));
    for (const auto change : changes)
        for (int i = 0; i < 8; ++i) {
            const auto all = random_windows(chance);
            INFO(name << " at " << to_iso8601(change) << ", windows number " << i);
            compare(all, zone, change);
        }
}

TEST_CASE("no windows are always open") {
    const auto now = utc("2026-12-05T02:00:00Z");
    const auto open = next_opening({}, {}, now);
    CHECK(open == opening{wall_time::min(), wall_time::max()});
    CHECK(open_time({}, {}, now, now + 90min) == 90min);
    CHECK(open_time({}, {}, now, now - 90min) == 0ms);
    CHECK(after_open_time({}, {}, now, 90min) == now + 90min);
}

TEST_CASE("windows of all hours are open without a seam, and cut off after two weeks") {
    const windows all{{each_day, 0min, 1440min}};
    const auto now = utc("2026-12-05T02:00:00Z");
    for (const auto& zone : {time_zone(), zone_of("Europe/Berlin")}) {
        CHECK(next_opening(all, zone, now) == opening{now - days(14), now + days(14)});
        CHECK(open_time(all, zone, now, now + days(300)) == days(300));
        CHECK(after_open_time(all, zone, now, days(300)) == now + days(300));
    }
    CHECK(next_opening(windows{{each_day, 300min, 300min}}, {}, now) ==
          opening{now - days(14), now + days(14)});
}

TEST_CASE("a window across midnight belongs to the day on which it opens") {
    const windows all{{friday, 1320min, 120min}};  // 4 December 2026 is a Friday
    const opening expected{utc("2026-12-04T22:00:00Z"), utc("2026-12-05T02:00:00Z")};
    for (const auto* at : {"2026-11-28T02:00:00Z", "2026-12-04T01:00:00Z", "2026-12-05T01:59:59Z"})
        CHECK(next_opening(all, {}, utc(at)) == expected);
    CHECK(next_opening(all, {}, utc("2026-12-05T02:00:00Z")).from == utc("2026-12-11T22:00:00Z"));
}

TEST_CASE("windows that overlap or touch are one opening") {
    const auto now = utc("2026-12-05T00:00:00Z");  // a Saturday
    const opening expected{utc("2026-12-05T02:00:00Z"), utc("2026-12-05T06:00:00Z")};
    CHECK(next_opening(windows{{saturday, 120min, 240min}, {saturday, 240min, 360min}}, {}, now) == expected);
    CHECK(next_opening(windows{{saturday, 180min, 360min}, {saturday, 120min, 300min}}, {}, now) == expected);
    CHECK(next_opening(windows{{saturday, 120min, 360min}, {saturday, 180min, 200min}}, {}, now) == expected);
    CHECK(next_opening(windows{{friday, 1320min, 1440min}, {saturday, 0min, 60min}}, {}, now) ==
          opening{utc("2026-12-04T22:00:00Z"), utc("2026-12-05T01:00:00Z")});
    CHECK(open_time(windows{{saturday, 120min, 300min}, {saturday, 180min, 360min}}, {}, now, now + days(1)) ==
          4h);
}

TEST_CASE("an hour that clocks skip does not open, and one that they show twice opens twice") {
    const auto berlin = zone_of("Europe/Berlin");
    const windows all{{sunday, 120min, 180min}};
    CHECK(next_opening(all, berlin, utc("2026-03-22T02:00:00Z")) ==
          opening{utc("2026-04-05T00:00:00Z"), utc("2026-04-05T01:00:00Z")});
    CHECK(next_opening(all, berlin, utc("2026-10-20T00:00:00Z")) ==
          opening{utc("2026-10-25T00:00:00Z"), utc("2026-10-25T02:00:00Z")});
    const windows half{{sunday, 120min, 150min}};
    CHECK(next_opening(half, berlin, utc("2026-10-25T00:30:00Z")) ==
          opening{utc("2026-10-25T01:00:00Z"), utc("2026-10-25T01:30:00Z")});
    CHECK(open_time(half, berlin, utc("2026-10-25T00:00:00Z"), utc("2026-10-26T00:00:00Z")) == 1h);
}
