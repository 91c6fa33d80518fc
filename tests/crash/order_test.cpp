#include "crash/durability.hpp"
#include "crash/strace.hpp"
#include "support/figures.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

using namespace tunnelkeyd;
using namespace tunnelkeyd::crash;

namespace {

std::uint16_t port_of(const std::string& url) {
    const auto colon = url.find(':', url.find("://") + 3);
    return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

/// What the daemon did in a run that ended by SIGTERM once `event` had been logged.
traced_rotation trace_until(support::rig& scene, const std::string& event) {
    const auto output = scene.directory() / "trace";
    scene.under = strace_words(output, {"-f", "-yy", "-x", "-s", "1000000"});
    scene.start({}, strace_environment());
    const auto process = scene.daemon().pid();
    scene.wait_for(event);
    scene.stop();

    traced_rotation seen;
    seen.calls = parse_trace(finished_trace(output, process));
    seen.log_file = scene.state_directory() / "state.db-wal";
    const auto& world = scene.simulator.description();
    seen.cloud.port = port_of(world.at("cloud_url"));
    seen.instance.port = port_of(scene.simulator.tunnel("jira").at("instance_url"));
    for (const auto& request : scene.requests())
        (request.at("side") == "cloud" ? seen.cloud : seen.instance).calls.push_back(request.at("call"));
    return seen;
}

/// Says so and why, where there can be no trace.
bool is_skipped(const std::string& name) {
    const auto why = why_no_strace();
    if (!why.empty())
        support::show_figures(name, "skipped: " + name + ": " + why);
    return !why.empty();
}

/// As if the store had synced nothing.
traced_rotation without_syncs(traced_rotation seen) {
    std::erase_if(seen.calls, [](const traced_call& call) { return call.name == "fdatasync"; });
    return seen;
}

std::size_t count(const traced_rotation& seen, const std::string& call) {
    return static_cast<std::size_t>(std::count(seen.cloud.calls.begin(), seen.cloud.calls.end(), call) +
                                    std::count(seen.instance.calls.begin(), seen.instance.calls.end(), call));
}

}  // namespace

TEST_CASE("a rotation's intent and sealed key are synced to disk before the requests leave, and no key is in a "
          "file") {
    if (is_skipped("order of durability"))
        return;
    support::rig scene;
    const auto seen = trace_until(scene, "rotation.planned");
    CHECK(problems_of_order(seen) == std::vector<std::string>());
    CHECK(problems_of_order(without_syncs(seen)).size() == 2);
    const auto secrets = scene.secrets();
    CHECK(secrets.size() >= 4);
    CHECK(problems_of_secrecy(seen.calls, secrets) == std::vector<std::string>());
    CHECK(count(seen, "regenerate") == 1);
    CHECK(count(seen, "install") == 1);
    support::show_figures(
        "order of durability",
        "order of durability: " + std::to_string(seen.calls.size()) +
            " system calls of a rotation read; each regenerate and install left after its sync");
}

TEST_CASE("so they are when a reply is lost and a confirmation follows") {
    if (is_skipped("order of durability"))
        return;
    support::rig scene;
    scene.fault("regenerate", "reset", {{"apply", true}});
    const auto seen = trace_until(scene, "confirmation.done");
    CHECK(problems_of_order(seen) == std::vector<std::string>());
    CHECK(problems_of_secrecy(seen.calls, scene.secrets()) == std::vector<std::string>());
    CHECK(count(seen, "regenerate") == 3);
}
