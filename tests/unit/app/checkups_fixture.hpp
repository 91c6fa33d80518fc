#pragma once

#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

namespace tunnelkeyd::tests {

using namespace std::chrono_literals;

struct checkups_fixture {
    core::tunnel& add(const std::string& name, core::duration every = 24h,
                      const std::string& organization = "acme") {
        auto& tunnel = world.add_tunnel(name, organization);
        tunnel.schedule.every = std::chrono::days(1000);
        tunnel.instance.preflight.every = every;
        return tunnel;
    }
    void add(unsigned count) {
        for (unsigned i = 0; i < count; ++i)
            add("t" + std::to_string(i));
    }
    [[nodiscard]] std::uint64_t checked(const std::string& name) const {
        return world.wire.sent(name + "-host", call::whoami);
    }
    [[nodiscard]] unsigned checked(unsigned count) const { return checked("t", count); }
    /// How many of PREFIX0, PREFIX1, ... have been.
    [[nodiscard]] unsigned checked(const std::string& prefix, unsigned count) const {
        unsigned sum = 0;
        for (unsigned i = 0; i < count; ++i)
            sum += checked(prefix + std::to_string(i)) > 0;
        return sum;
    }
    void break_login(const std::string& name) { world.at_instance(name).authorization = "Bearer another"; }
    void mend_login(const std::string& name) {
        world.at_instance(name).authorization = "Bearer " + world.secrets.values.at(name + "-pat");
    }

    /// In which hour from now on each is checked, within a day; every one exactly once.
    std::map<std::string, unsigned> hours_of_a_day() {
        std::map<std::string, std::uint64_t> before;
        std::map<std::string, unsigned> hours;
        for (unsigned hour = 0; hour < 24; ++hour) {
            for (const auto& each : world.draft.tunnels)
                before[each.name] = checked(each.name);
            world.run_for(1h);
            for (const auto& each : world.draft.tunnels)
                if (checked(each.name) != before[each.name]) {
                    CHECK(checked(each.name) == before[each.name] + 1);
                    CHECK_FALSE(hours.contains(each.name));
                    hours[each.name] = hour;
                }
        }
        return hours;
    }

    fake_world world;
};

}  // namespace tunnelkeyd::tests
