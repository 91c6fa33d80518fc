#pragma once

#include "daemon/plan_view.hpp"
#include "support/schedules.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon_tests {

/// A plan of two tunnels from 2026-12-05T02:00:00Z on, to be filled in.
struct plan_fixture {
    plan_fixture() {
        jira.name = "jira";
        jira.schedule.zone = tests::zone_of("Europe/Berlin");
        confluence.name = "confluence";
    }

    void add(core::duration after, std::uint32_t tunnel, core::forecast_reason why,
             core::duration shut_out = core::duration(0)) {
        rotations.push_back({range.from + after, tunnel, why, shut_out});
    }
    [[nodiscard]] daemon::plan_view view() const { return {tunnels, rotations, notes, range}; }

    core::tunnel jira;
    core::tunnel confluence;
    std::vector<core::forecast_tunnel> tunnels{{&jira, nullptr}, {&confluence, nullptr}};
    std::vector<core::expected_rotation> rotations;
    std::vector<std::string> notes;
    core::wall_time start{std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) + std::chrono::hours(2)};
    core::forecast_range range{start, start, std::chrono::days(28)};
};

}  // namespace tunnelkeyd::daemon_tests
