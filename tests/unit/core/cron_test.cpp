#include "cron_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;
using namespace std::chrono_literals;
using times = std::vector<std::string>;

namespace {

/// Both run at the same times, over a few years.
bool mean_the_same(std::string_view a, std::string_view b) {
    return occurrences(a, "2026-01-01T00:00:00Z", 500) == occurrences(b, "2026-01-01T00:00:00Z", 500);
}

}  // namespace

TEST_CASE("the next occurrence is strictly later, and a part of a minute does not count") {
    CHECK(occurrences("30 2 * * *", "2026-12-05T02:29:59Z", 1) == times{"2026-12-05T02:30:00Z"});
    CHECK(occurrences("30 2 * * *", "2026-12-05T02:30:00Z", 1) == times{"2026-12-06T02:30:00Z"});
    CHECK(occurrences("30 2 * * *", "2026-12-05T02:30:59Z", 1) == times{"2026-12-06T02:30:00Z"});
    CHECK(to_iso8601_milliseconds(cron_of("* * * * *").next(utc("2026-12-05T02:29:59.999Z"), {})) ==
          "2026-12-05T02:30:00.000Z");
}

TEST_CASE("lists, ranges and steps allow what they name") {
    CHECK(occurrences("5,10-12,50-59/4 7 * * *", "2026-12-05T00:00:00Z", 8) ==
          times{"2026-12-05T07:05:00Z", "2026-12-05T07:10:00Z", "2026-12-05T07:11:00Z", "2026-12-05T07:12:00Z",
                "2026-12-05T07:50:00Z", "2026-12-05T07:54:00Z", "2026-12-05T07:58:00Z",
                "2026-12-06T07:05:00Z"});
    CHECK(mean_the_same("*/20 */8 * * *", "0,20,40 0,8,16 * * *"));
    CHECK(mean_the_same("0-59/20 0-23/8 1-31 1-12 0-6", "0,20,40 0,8,16 * * *"));
    CHECK(mean_the_same("0 0 1-10/3 * *", "0 0 1,4,7,10 * *"));
    CHECK(mean_the_same("3-3 4-4/9 * * *", "3 4 * * *"));
    CHECK(mean_the_same("*/1000 * * * *", "0 * * * *"));
    CHECK(mean_the_same("0 0 * */5 *", "0 0 * 1,6,11 *"));
    CHECK(mean_the_same("05 007 * * *", "5 7 * * *"));
    CHECK(mean_the_same("5,5,5-6 1 * * *", "5,6 1 * * *"));
}

TEST_CASE("months and days of the week have names, in any case") {
    CHECK(mean_the_same("0 0 1 jan,MAY,Sep *", "0 0 1 1,5,9 *"));
    CHECK(mean_the_same("0 0 1 feb-dec/2 *", "0 0 1 2,4,6,8,10,12 *"));
    CHECK(mean_the_same("0 0 * mar,apr,jun,jul,aug,oct,nov mOn-wED", "0 0 * 3,4,6-8,10,11 1-3"));
    CHECK(mean_the_same("0 0 * * sun,tue,thu,sat", "0 0 * * 0,2,4,6"));
}

TEST_CASE("Sunday is 0 and 7, and a range may end on it") {
    CHECK(mean_the_same("0 0 * * 7", "0 0 * * 0"));
    CHECK(mean_the_same("0 0 * * fri-sun", "0 0 * * 0,5,6"));
    CHECK(mean_the_same("0 0 * * 5-7", "0 0 * * 0,5,6"));
    CHECK(mean_the_same("0 0 * * sat-0", "0 0 * * 6,7"));
    CHECK(mean_the_same("0 0 * * sun-tue", "0 0 * * 0,1,2"));
    CHECK(mean_the_same("0 0 * * 0-7", "0 0 * * *"));
    CHECK(mean_the_same("0 0 * * mon-sun/3", "0 0 * * 1,4,7"));
    CHECK(mean_the_same("0 0 * * sun-sun", "0 0 * * 0"));
    CHECK(mean_the_same("0 0 * * */2", "0 0 * * 0,2,4,6"));
    CHECK(mean_the_same("0 0 * * */7", "0 0 * * 0"));
}

TEST_CASE("nicknames mean what crontab says") {
    CHECK(mean_the_same("@yearly", "0 0 1 1 *"));
    CHECK(mean_the_same("@annually", "0 0 1 1 *"));
    CHECK(mean_the_same("@monthly", "0 0 1 * *"));
    CHECK(mean_the_same("@weekly", "0 0 * * 0"));
    CHECK(mean_the_same("@daily", "0 0 * * *"));
    CHECK(mean_the_same("@midnight", "0 0 * * *"));
    CHECK(mean_the_same("@hourly", "0 * * * *"));
}

TEST_CASE("blanks and tabs separate fields, before and behind them too") {
    CHECK(mean_the_same(" \t5\t4  3 \t 2 * \t", "5 4 3 2 *"));
}

TEST_CASE("an expression shows its text as it was written, and is compared by it") {
    CHECK(cron_of("0  0 * * Sun").text() == "0  0 * * Sun");
    CHECK(cron_of("@daily").text() == "@daily");
    CHECK(cron_of("@daily") == cron_of("@daily"));
    CHECK_FALSE(cron_of("@daily") == cron_of("0 0 * * *"));
}

TEST_CASE("a day of the month and a day of the week: either suffices where neither begins with a star") {
    // December 2026 begins on a Tuesday.
    CHECK(occurrences("0 0 13 12 fri", "2026-12-01T00:00:00Z", 5) ==
          times{"2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z", "2026-12-18T00:00:00Z",
                "2026-12-25T00:00:00Z"});
    CHECK(mean_the_same("0 0 30 2 mon", "0 0 * 2 mon"));
    CHECK(mean_the_same("0 0 1-31 * mon", "0 0 * * *"));
    CHECK(mean_the_same("0 0 1,*/2 * mon", "0 0 1-31/2,1 * mon"));
}

TEST_CASE("a day of the month and a day of the week: both are needed where one begins with a star") {
    CHECK(occurrences("0 0 */2 12 fri", "2026-12-01T00:00:00Z", 3) ==
          times{"2026-12-11T00:00:00Z", "2026-12-25T00:00:00Z", "2027-12-03T00:00:00Z"});
    CHECK(occurrences("0 0 13 * */5", "2026-01-01T00:00:00Z", 3) ==
          times{"2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-09-13T00:00:00Z"});
    CHECK(mean_the_same("0 0 * * fri", "0 0 */1 * fri"));
    CHECK(mean_the_same("0 0 13 * *", "0 0 13 * */1"));
    CHECK(mean_the_same("0 0 *,13 * fri", "0 0 * * fri"));
}

TEST_CASE("months without such a day are passed over") {
    CHECK(
        occurrences("0 0 31 * *", "2026-01-31T00:00:00Z", 4) ==
        times{"2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z", "2026-07-31T00:00:00Z", "2026-08-31T00:00:00Z"});
    CHECK(occurrences("0 12 29 2 *", "2026-01-01T00:00:00Z", 2) ==
          times{"2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"});
    CHECK(occurrences("59 23 31 12 *", "2026-12-31T23:58:00Z", 2) ==
          times{"2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"});
}

TEST_CASE("29 February on a Sunday is found over forty years, across 2100, which has none") {
    CHECK(
        occurrences("0 0 29 2 */7", "2026-01-01T00:00:00Z", 4) ==
        times{"2032-02-29T00:00:00Z", "2060-02-29T00:00:00Z", "2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z"});
    CHECK(occurrences("0 0 29 2 *", "2096-02-29T00:00:00Z", 1) == times{"2104-02-29T00:00:00Z"});
}

TEST_CASE("times before 1970 are no different") {
    CHECK(occurrences("30 2 * * mon", "1969-12-28T23:59:59Z", 2) ==
          times{"1969-12-29T02:30:00Z", "1970-01-05T02:30:00Z"});
}
