#include "core/time.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their units, from large to small") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("15m") == 15min);
    CHECK(parse_duration("12h") == 12h);
    CHECK(parse_duration("30d") == std::chrono::days(30));
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("1d2h3m4s5ms") == std::chrono::days(1) + 2h + 3min + 4s + 5ms);
    CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("what is not a duration is refused") {
    for (const char* text : {"", "5", "s", "-5s", "5 s", "5s ", "1.5h", "30m1h", "1h1h", "5x",
                             "99999999999999999999s", "36526d", "5S", "1e3s"})
        CHECK_FALSE(parse_duration(text));
    CHECK(parse_duration("36525d"));
}

TEST_CASE("a duration's text reads back as the same length") {
    CHECK(to_string(90min) == "1h30m");
    CHECK(to_string(duration(0)) == "0s");
    CHECK(to_string(500ms) == "500ms");
    for (const auto length : {duration(1), duration(61'001), duration(86'400'000), duration(90'061'001)})
        CHECK(parse_duration(to_string(length)) == length);
}

TEST_CASE("times are read as APIs send them") {
    const wall_time at = std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) + 2h;
    CHECK(to_iso8601(at + 300ms) == "2026-12-05T02:00:00Z");
    CHECK(parse_iso8601("2026-12-05T02:00:00Z") == at);
    CHECK(parse_iso8601("2026-12-05T02:00:00.250Z") == at + 250ms);
    CHECK(parse_iso8601("2026-12-05T03:00:00+01:00") == at);
    CHECK(parse_iso8601("2026-12-05T02:00Z") == at);
    for (const char* text :
         {"Sat, 05 Dec 2026 02:00:00 GMT", "Saturday, 05-Dec-26 02:00:00 GMT", "Sat Dec  5 02:00:00 2026"})
        CHECK(parse_http_date(text) == at);
    for (const char* text : {"", "tomorrow", "2026-13-05T02:00:00Z", "2026-12-05T02:00:00Zx", "2026-12-05"})
        CHECK_FALSE(parse_iso8601(text));
    CHECK(to_iso8601_milliseconds(at + 7ms) == "2026-12-05T02:00:00.007Z");
    CHECK(to_iso8601_milliseconds(at) == "2026-12-05T02:00:00.000Z");
    CHECK(parse_iso8601(to_iso8601_milliseconds(at + 999ms)) == at + 999ms);
    for (const char* text : {"", "120", "Sat, 05 Dec 2026 02:00:00", "Sat, 35 Dec 2026 02:00:00 GMT"})
        CHECK_FALSE(parse_http_date(text));
}

TEST_CASE("a day is read as its beginning in UTC, and only if the calendar has it") {
    CHECK(parse_date("2027-01-31") == std::chrono::sys_days(std::chrono::year(2027) / 1 / 31));
    CHECK(parse_date("2028-02-29"));
    for (const char* text :
         {"2027-02-29", "2100-02-29", "2027-13-01", "2027-00-01", "2027-01-00", "2027-04-31", "2027-1-31",
          "2027-01-3", " 2027-1-31", "27-01-31", "2027/01/31", "20270131", "2027-01-31Z",
          "2027-01-31T00:00:00Z", "-027-01-31", "+027-01-31", "2027-01-3x", ""})
        CHECK_FALSE(parse_date(text));
    CHECK(parse_date("0000-01-01"));
    CHECK(parse_date("9999-12-31"));
}

TEST_CASE("the day of a time is the one in UTC") {
    CHECK(to_date(*parse_iso8601("2027-01-31T23:59:59.999Z")) == "2027-01-31");
    CHECK(to_date(*parse_iso8601("2027-02-01T00:30:00+01:00")) == "2027-01-31");
    CHECK(to_date(*parse_date("2027-01-31")) == "2027-01-31");
}
