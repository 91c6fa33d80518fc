#pragma once

#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tunnelkeyd::tests {

using namespace std::chrono_literals;

using lines = std::vector<std::string>;

struct health_fixture {
    health_fixture() {
        world.add_tunnel("jira").schedule.first = core::first_rotation::now;
        world.add_tunnel("other");
    }

    /// What was logged of health: "degraded gap_open", in order; and everything has its remedy.
    [[nodiscard]] lines logged(const std::string& tunnel = "jira") const {
        lines all;
        for (const auto& line : world.log.lines)
            if (line.tunnel == tunnel && line.event.name.substr(0, 7) == "health.") {
                const std::string what(line.event.name.substr(7));
                all.push_back(what + " " + line.event.fields.front().second);
                if (what != "recovered")
                    CHECK(line.event.message.find(": ") != std::string::npos);
                CHECK(line.event.level == (what == "failing"    ? core::log_level::error
                                           : what == "degraded" ? core::log_level::warn
                                                                : core::log_level::info));
            }
        return all;
    }

    [[nodiscard]] bool says(const std::string& text) const {
        for (const auto& line : world.log.lines)
            if (line.event.name.substr(0, 7) == "health." && line.event.message.find(text) != std::string::npos)
                return true;
        return false;
    }

    void check_sums() {
        std::size_t degraded = 0;
        std::size_t failing = 0;
        for (const auto& each : world.overview().tunnels) {
            degraded += worst_of(each.problems) == core::health::degraded;
            failing += worst_of(each.problems) == core::health::failing;
        }
        CHECK(world.supervisor().summarize().degraded == degraded);
        CHECK(world.supervisor().summarize().failing == failing);
    }

    fake_world world;
};

}  // namespace tunnelkeyd::tests
