#include "cron_fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;
using namespace std::chrono_literals;
using std::chrono::days;
using times = std::vector<std::string>;

namespace {

const wall_time first_day = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);
const wall_time last_day = std::chrono::sys_days(std::chrono::year(2031) / 1 / 1);

constexpr const char* expressions[] = {"* * * * *",    "*/30 * * * *", "*/7 * * * *",     "15 1,2,3 * * *",
                                       "0 3 * * *",    "30 2 * * *",   "0 0 * * *",       "30 0 * * *",
                                       "30 1 * * *",   "0 2 * * *",    "45 1 * * *",      "59 2 * * *",
                                       "30 3 * * sun", "0 */2 * * *",  "10-50/20 2 * * *"};

/// What should run within (from, to], by walking through each minute of it: the local minutes that clocks show,
/// or pass over, for the first time in that minute. Knows nothing but the offset at an instant.
std::vector<wall_time> walk(const cron& expression, const time_zone& zone, wall_time from, wall_time to) {
    std::vector<wall_time> found;
    auto latest = zone.to_local(from);
    for (auto at = from + 1min; at <= to; at += 1min) {
        bool is_due = false;
        for (const auto shown = zone.to_local(at); latest < shown;)
            is_due = expression.matches(latest += 1min) || is_due;
        if (is_due)
            found.push_back(at);
    }
    return found;
}

std::vector<wall_time> all_next(const cron& expression, const time_zone& zone, wall_time from, wall_time to) {
    std::vector<wall_time> found;
    for (auto at = expression.next(from, zone); at <= to; at = expression.next(at, zone))
        found.push_back(at);
    return found;
}

/// From any instant near `change`, the next is the first of `list` that is later.
bool agrees_from_anywhere(const cron& expression, const time_zone& zone, wall_time change,
                          const std::vector<wall_time>& list) {
    for (auto after = change - 5h; after < change + 5h; after += 3min + 1ms) {
        const auto expected = std::upper_bound(list.begin(), list.end(), after);
        if (expected != list.end() && expression.next(after, zone) != *expected)
            return false;
    }
    return true;
}

}  // namespace

TEST_CASE("around each change of clocks from 2020 to 2030 runs what a walk through each minute finds") {
    const auto [name, least_changes] = GENERATE(table<const char*, std::size_t>({{"Europe/Berlin", 22},
                                                                                 {"America/New_York", 22},
                                                                                 {"Australia/Lord_Howe", 22},
                                                                                 {"Asia/Kathmandu", 0},
                                                                                 {"Africa/Casablanca", 20},
                                                                                 {"Pacific/Apia", 3},
                                                                                 {"America/Santiago", 20},
                                                                                 {"Asia/Tehran", 5}}));
    const auto zone = zone_of(name);
    auto changes = transitions(zone, first_day, last_day);
    CHECK(changes.size() >= least_changes);
    if (changes.empty())
        changes.push_back(utc("2026-03-29T01:00:00Z"));
    for (const auto change : changes)
        for (const auto* text : expressions) {
            const auto expression = cron_of(text);
            const auto from = change - days(2);
            const auto to = change + days(2);
            const auto expected = walk(expression, zone, from, to);
            INFO(name << ", " << to_iso8601(change) << ", " << text);
            CHECK((all_next(expression, zone, from, to) == expected));
            CHECK(agrees_from_anywhere(expression, zone, change, expected));
        }
}

TEST_CASE("a whole day that clocks skip runs at its end, once") {
    // Apia went from the end of 29 December 2011 to the beginning of the 31st, at 10:00 UTC.
    const auto apia = zone_of("Pacific/Apia");
    CHECK(
        occurrences("30 2,4 * * *", apia, "2011-12-29T14:00:00Z", 4) ==
        times{"2011-12-29T14:30:00Z", "2011-12-30T10:00:00Z", "2011-12-30T12:30:00Z", "2011-12-30T14:30:00Z"});
    CHECK(occurrences("0 12 30 12 *", apia, "2011-01-01T00:00:00Z", 2) ==
          times{"2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"});
}

TEST_CASE("a time that clocks skip runs at the first instant after the gap") {
    // Berlin, 29 March 2026: 01:59:59 is followed by 03:00:00, at 01:00 UTC.
    const auto berlin = zone_of("Europe/Berlin");
    CHECK(occurrences("30 2 * * *", berlin, "2026-03-28T00:00:00Z", 3) ==
          times{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"});
    CHECK(occurrences("30 2 29 3 *", berlin, "2026-01-01T00:00:00Z", 2) ==
          times{"2026-03-29T01:00:00Z", "2027-03-29T00:30:00Z"});
    CHECK(occurrences("0,30 2,3 * * *", berlin, "2026-03-29T00:59:59Z", 3) ==
          times{"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:00:00Z"});
    CHECK(occurrences("* * * * *", berlin, "2026-03-29T00:58:00Z", 3) ==
          times{"2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:01:00Z"});
}

TEST_CASE("a time that exists twice runs once, the first time") {
    // Berlin, 25 October 2026: 02:59:59 is followed by 02:00:00, at 01:00 UTC.
    const auto berlin = zone_of("Europe/Berlin");
    CHECK(occurrences("30 2 * * *", berlin, "2026-10-24T12:00:00Z", 2) ==
          times{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"});
    CHECK(occurrences("30 2 * * *", berlin, "2026-10-25T00:30:00Z", 1) == times{"2026-10-26T01:30:00Z"});
    CHECK(occurrences("30 2 * * *", berlin, "2026-10-25T01:00:00Z", 1) == times{"2026-10-26T01:30:00Z"});
    CHECK(occurrences("30 2 * * *", berlin, "2026-10-25T01:29:59Z", 1) == times{"2026-10-26T01:30:00Z"});
    CHECK(
        occurrences("0,30 * * * *", berlin, "2026-10-24T23:59:00Z", 4) ==
        times{"2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"});
    CHECK(occurrences("* * * * *", berlin, "2026-10-25T00:58:00Z", 2) ==
          times{"2026-10-25T00:59:00Z", "2026-10-25T02:00:00Z"});
    CHECK(occurrences("* * * * *", berlin, "2026-10-25T01:17:31Z", 1) == times{"2026-10-25T02:00:00Z"});
}

TEST_CASE("clocks that change by half an hour follow the same rules") {
    // Lord Howe, 5 April 2026: 02:00 (+11:00) becomes 01:30 (+10:30), at 15:00 UTC the day before.
    const auto lord_howe = zone_of("Australia/Lord_Howe");
    CHECK(occurrences("45 1 * * *", lord_howe, "2026-04-04T12:00:00Z", 2) ==
          times{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"});
    CHECK(occurrences("0,30 * * * *", lord_howe, "2026-04-04T14:00:00Z", 3) ==
          times{"2026-04-04T14:30:00Z", "2026-04-04T15:30:00Z", "2026-04-04T16:00:00Z"});
    // 4 October 2026: 02:00 (+10:30) becomes 02:30 (+11:00), at 15:30 UTC the day before.
    CHECK(occurrences("15 2 * * *", lord_howe, "2026-10-03T12:00:00Z", 2) ==
          times{"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"});
    CHECK(occurrences("0,30 * * * *", lord_howe, "2026-10-03T15:00:00Z", 3) ==
          times{"2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z", "2026-10-03T16:30:00Z"});
}

TEST_CASE("an offset of three quarters of an hour shifts hours and minutes") {
    CHECK(occurrences("0 3 * * *", zone_of("Asia/Kathmandu"), "2026-12-05T00:00:00Z", 2) ==
          times{"2026-12-05T21:15:00Z", "2026-12-06T21:15:00Z"});
}

TEST_CASE("a zone is found by its exact name, and UTC always") {
    CHECK(time_zone::find("UTC") == time_zone());
    CHECK(time_zone().name() == "UTC");
    CHECK(zone_of("Europe/Berlin").name() == "Europe/Berlin");
    CHECK(zone_of("Europe/Berlin") == zone_of("Europe/Berlin"));
    for (const auto* name : {"", "Berlin", "europe/berlin", "Europe/", "/etc/passwd", "../../etc/passwd",
                             "CEST", "Europe/Berlin ", "right/Europe/Berlin"})
        CHECK_FALSE(time_zone::find(name));
    const auto names = time_zone::names();
    CHECK(std::find(names.begin(), names.end(), "Europe/Berlin") != names.end());
}
