#include "daemon/plan_json.hpp"
#include "plan_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using core::forecast_reason;

namespace {

struct fixture : daemon_tests::plan_fixture {
    [[nodiscard]] std::string text() const {
        std::ostringstream out;
        daemon::print_plan_json(out, view());
        return out.str();
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a plan as JSON has every rotation, in UTC to the second, and the notes") {
    add(0ms, 1, forecast_reason::catch_up);
    add(1h + 999ms, 0, forecast_reason::cron, 3h);
    notes = {"a note", "another"};
    CHECK(text() == R"({"rotations": [
{"tunnel": "confluence", "at": "2026-12-05T02:00:00Z", "reason": "catch-up"},
{"tunnel": "jira", "at": "2026-12-05T03:00:00Z", "reason": "cron"}],
"notes": [
"a note",
"another"]}
)");
}

TEST_CASE_METHOD(fixture, "an empty plan is JSON too") {
    CHECK(nlohmann::json::parse(text()) ==
          nlohmann::json{{"rotations", nlohmann::json::array()}, {"notes", nlohmann::json::array()}});
}

TEST_CASE_METHOD(fixture, "whatever stands in a name or note comes out as JSON") {
    jira.name = "a\"b\\c\n\xff";
    add(0ms, 0, forecast_reason::first);
    notes = {"\x1b[31m \"quoted\""};
    const auto read = nlohmann::json::parse(text());
    CHECK(read.at("rotations").at(0).at("tunnel") == "a\"b\\c\n\xef\xbf\xbd");
    CHECK(read.at("notes").at(0) == notes[0]);
}
