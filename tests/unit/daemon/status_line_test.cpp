#include "daemon/status_line.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;

namespace {

const core::wall_time at{std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) + std::chrono::hours(2)};

}  // namespace

TEST_CASE("the status line says how many tunnels there are, how many rotate, and who is next") {
    CHECK(daemon::status_line({12, 1, 0, 0, "jira", at}) ==
          "12 tunnels, 1 rotating, next jira at 2026-12-05T02:00:00Z");
    CHECK(daemon::status_line({1, 0, 0, 0, "jira", at}) ==
          "1 tunnel, 0 rotating, next jira at 2026-12-05T02:00:00Z");
}

TEST_CASE("the status line does not hide trouble, and says nothing of a next that is not there") {
    CHECK(daemon::status_line({0, 0, 0, 0, "", {}}) == "0 tunnels, 0 rotating");
    CHECK(daemon::status_line({12, 2, 3, 1, "", {}}) == "12 tunnels, 2 rotating, 1 FAILING, 3 degraded");
    CHECK(daemon::status_line({2, 0, 0, 0, "", {}}, true) == "2 tunnels, 0 rotating, STATE CANNOT BE WRITTEN");
}
