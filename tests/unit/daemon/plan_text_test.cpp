#include "daemon/plan_text.hpp"
#include "plan_fixture.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using core::forecast_reason;
using std::chrono::days;

namespace {

struct fixture : daemon_tests::plan_fixture {
    [[nodiscard]] std::string text() const {
        std::ostringstream out;
        daemon::print_plan_text(out, view());
        return out.str();
    }
    [[nodiscard]] std::string calendar() const {
        std::ostringstream out;
        daemon::print_plan_calendar(out, view());
        return out.str();
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a plan for people is a table in local time with notes and a calendar") {
    add(0ms, 1, forecast_reason::catch_up);
    add(days(7), 0, forecast_reason::cron, 5h + 30min + 7s);
    add(days(7) + 59s, 1, forecast_reason::retry);
    add(days(27), 0, forecast_reason::every);
    notes = {"first note", "second note"};
    CHECK(text() == R"(4 rotations from 2026-12-05T02:00:00Z to 2027-01-02T02:00:00Z

when                      tunnel      why
Sat 2026-12-05 02:00 UTC  confluence  catch-up
Sat 2026-12-12 03:00 CET  jira        cron      windows: +5h30m
Sat 2026-12-12 02:00 UTC  confluence  retry
Fri 2027-01-01 03:00 CET  jira        every

Notes
- first note
- second note

December 2026, rotations a day (UTC)
       Mon  Tue  Wed  Thu  Fri  Sat  Sun
 5- 6                             1    .
 7-13    .    .    .    .    .    2    .
14-20    .    .    .    .    .    .    .
21-27    .    .    .    .    .    .    .
28-31    .    .    .    .

January 2027, rotations a day (UTC)
       Mon  Tue  Wed  Thu  Fri  Sat  Sun
 1- 2                        1    .
)");
}

TEST_CASE_METHOD(fixture, "a plan without rotations has no table, and says so") {
    range.length = 1h;
    CHECK(text() == R"(no rotations from 2026-12-05T02:00:00Z to 2026-12-05T03:00:00Z

December 2026, rotations a day (UTC)
       Mon  Tue  Wed  Thu  Fri  Sat  Sun
 5- 5                             .
)");
}

TEST_CASE_METHOD(fixture, "a long table is cut, and says what is missing") {
    for (int i = 0; i < 203; ++i)
        add(days(2), 0, forecast_reason::cron);
    const auto shown = text();
    CHECK(shown.find("\n... and 3 more (--json has all)\n") != std::string::npos);
    std::size_t rows = 0;
    for (auto at = shown.find("CET"); at != std::string::npos; at = shown.find("CET", at + 1))
        ++rows;
    CHECK(rows == daemon::rotations_shown);
}

TEST_CASE_METHOD(fixture, "local time is that of its own day: summer time, and zones without a name") {
    add(days(120), 0, forecast_reason::cron);
    confluence.schedule.zone = tests::zone_of("Asia/Singapore");
    add(days(120), 1, forecast_reason::cron);
    CHECK(text().find("Sun 2027-04-04 04:00 CEST  jira ") != std::string::npos);
    CHECK(text().find("Sun 2027-04-04 10:00 +08   confluence ") != std::string::npos);
}

TEST_CASE_METHOD(fixture,
                 "the calendar is not wider than 80 columns, with the largest numbers that there are") {
    for (int i = 0; i < 2'000'000; ++i)
        add(1h, 0, forecast_reason::cron);
    std::istringstream lines(calendar());
    for (std::string line; std::getline(lines, line);)
        CHECK(line.size() <= 80);
    CHECK(calendar().find("  2000000        .") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "the calendar shows two years, and says what is missing") {
    range.length = days(3650);
    CHECK(calendar().find("November 2028") != std::string::npos);
    CHECK(calendar().find("December 2028") == std::string::npos);
    CHECK(calendar().ends_with("\n... and 97 more months (--json has all rotations)\n"));
}
