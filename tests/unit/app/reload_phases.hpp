#pragma once

#include "support/fake_world.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::tests {

/// How far the rotation of tunnel "jira" has come when something happens to it.
struct phase {
    std::string name;
    void (*prepare)(fake_world&);
    bool (*reached)(fake_world&);
    bool gap_open = true;
    bool has_key = false;
    bool lost = false;  ///< a regenerate was, so that a confirmation follows
};

inline const std::vector<phase>& phases() {
    static const auto nothing = [](fake_world&) {};
    static const auto state = [](fake_world& world) {
        const auto shown = world.shown("jira");
        return shown ? std::string(shown->state) : std::string();
    };
    static const auto regenerates = [](fake_world& world) {
        return world.wire.sent("jira-host", call::regenerate);
    };
    static const auto installs = [](fake_world& world) { return world.wire.sent("jira-host", call::install); };
    static const std::vector<phase> all{
        {"in preflight", nothing, [](fake_world& world) { return state(world) == "preflight"; }, false},
        {"waiting for its permit",
         [](fake_world& world) {
             world.draft.cloud.max_in_flight = 1;
             world.add_tunnel("busy", "abc").schedule.first = core::first_rotation::now;
             world.wire.script("busy-host", call::regenerate, fault::hangs());
             std::swap(world.draft.tunnels.front(), world.draft.tunnels.back());
         },
         [](fake_world& world) { return state(world) == "queued"; }, false},
        {"waiting for its organization",
         [](fake_world& world) {
             world.wire.script("acme-id", call::organization, fault::answer(429, "600"));
             world.wire.script("jira-host", call::status, fault::answer(503));
         },
         [](fake_world& world) { return state(world) == "idle" && world.shown("jira")->failures == 1; }, false},
        {"with the intent written", nothing,
         [](fake_world& world) { return state(world) == "regenerating" && regenerates(world) == 0; }},
        {"regenerating", nothing, [](fake_world& world) { return regenerates(world) == 1; }},
        {"sealing", nothing,
         [](fake_world& world) { return state(world) == "installing" && installs(world) == 0; }, true, true},
        {"installing", nothing, [](fake_world& world) { return installs(world) == 1; }, true, true},
        {"waiting with a key",
         [](fake_world& world) { world.wire.script("jira-host", call::install, fault::answer(503)); },
         [](fake_world& world) { return state(world) == "waiting" && world.shown("jira")->retry_at; }, true,
         true},
        {"waiting without a key",
         [](fake_world& world) { world.wire.script("jira-host", call::regenerate, fault::lost_after()); },
         [](fake_world& world) { return state(world) == "waiting" && world.shown("jira")->retry_at; }, true,
         false, true},
        {"closing", nothing, [](fake_world& world) { return state(world) == "closing"; }, false},
        {"with a confirmation owed",
         [](fake_world& world) { world.wire.script("jira-host", call::regenerate, fault::lost_after()); },
         [](fake_world& world) { return state(world) == "idle" && world.rotated("jira") == 1; }, false, false,
         true},
    };
    return all;
}

/// "jira", due at once, and "other", which is not.
inline void begin(fake_world& world, const phase& at) {
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.add_tunnel("other");
    at.prepare(world);
    world.start();
}

}  // namespace tunnelkeyd::tests
