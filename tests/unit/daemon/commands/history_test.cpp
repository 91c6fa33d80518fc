#include "daemon/commands/history.hpp"
#include "fixture.hpp"
#include "serve/control_json.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

namespace {

std::string text_of(const std::vector<core::past_rotation>& rotations) {
    std::ostringstream out;
    daemon::print_history(out, daemon::read_history(serve::text_of(rotations)), {});
    return out.str();
}

core::past_rotation installed(const std::string& tunnel, core::duration gap, core::wall_time at = now) {
    return {tunnel, {core::reason::scheduled, at - gap, at, gap, 1, 1, core::outcome::installed, ""}};
}

}  // namespace

TEST_CASE("history is a table, and says why a rotation came to nothing") {
    const auto text =
        text_of({installed("jira", 321ms),
                 {"confluence",
                  {core::reason::catch_up, now - 1h, now - 59min, 0ms, 0, 0, core::outcome::preflight_failed,
                   "the instance says MAINTENANCE, and it has said so for as long as anybody can remember"}},
                 installed("bamboo", 3h, now - 50h)});
    CHECK(is_documented(text));
    CHECK(text ==
          R"(ENDED                 TUNNEL      REASON     OUTCOME           GAP    TRIES
2026-12-05T02:10:00Z  jira        scheduled  installed         321ms  1+1
2026-12-05T01:11:00Z  confluence  catch_up   preflight_failed  -      0+0
  the instance says MAINTENANCE, and it has said so for as long as anybody can
  remember
2026-12-03T00:10:00Z  bamboo      scheduled  installed         3h     1+1
)");
}

TEST_CASE("history fits 80 columns with the longest names and words that there are") {
    auto widest = installed(std::string(100, 'n'), 9'999ms);
    widest.entry.how = core::outcome::preflight_failed;
    widest.entry.regenerates = 1'000;
    widest.entry.installs = 1'000;
    CHECK(widest_line(text_of({widest})) == 80);
}

TEST_CASE("history asks the daemon for one tunnel and so many") {
    fake_daemon there{[](auto&, auto&) { return serve::control_reply{200, "{\"rotations\": []}\n"}; }, {}};
    daemon::command_context all;
    all.ask = there.asks();
    CHECK(daemon::history_of(all, "jira", 5) == "{\"rotations\": []}\n");
    CHECK(there.asked == std::vector<std::string>{"GET /v1/history?tunnel=jira&limit=5"});
}
