#include "simulation/simulation.hpp"

#include <catch2/catch.hpp>

#include <set>

// The simulation itself: what it finds can only be mended if it can be seen again.
using namespace tunnelkeyd;
using simulation::findings;
using simulation::temper;

namespace {

findings run(std::uint64_t seed, temper how, bool traced = false) {
    return simulation::simulation(seed, how, traced).run();
}

/// All kinds of trouble, and little time.
temper rough() {
    auto how = simulation::temper_of(1);
    how.organizations = 2;
    how.every = std::chrono::days(14);
    how.length = std::chrono::days(120);
    how.request_fails = 0.05;
    how.late = 0.5;
    how.killed_at_request = 0.02;
    how.killed = how.stopped = how.restored = how.cloud_trouble = how.instance_trouble = how.store_trouble =
        how.credentials_trouble = how.reload = std::chrono::days(5);
    how.trouble_lasts = std::chrono::hours(1);
    return how;
}

}  // namespace

TEST_CASE("a seed is one history, traced or not, and another seed is another") {
    const auto once = run(1, rough());
    CHECK(once.broken.empty());
    CHECK(once.steps > 10'000);
    CHECK(run(1, rough()).digest == once.digest);
    CHECK(run(1, rough(), true).digest == once.digest);
    CHECK(run(2, rough()).digest != once.digest);
}

TEST_CASE("everything that can happen to the world does happen to it") {
    const auto found = run(3, rough());
    CHECK(found.rotations > 100);
    CHECK(found.regenerates > found.rotations);
    CHECK(found.kills > 10);
    CHECK(found.reloads > 10);
    CHECK(found.restores > 3);
}

TEST_CASE("a world without trouble rotates each tunnel when it is due, and nothing else") {
    temper how;
    how.length = std::chrono::days(365);
    how.every = std::chrono::days(30);
    const auto found = run(1, how);
    CHECK(found.broken.empty());
    CHECK(found.rotations == 50 * 12 + 10);  // ten tunnels rotate at once when they are first seen
    CHECK(found.regenerates == found.rotations);
    CHECK(found.kills == 0);
}

TEST_CASE("seeds differ in the troubles that they have") {
    std::set<std::string> kinds;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto how = simulation::temper_of(seed);
        std::string kind;
        for (const auto& each : {how.killed, how.stopped, how.restored, how.cloud_trouble, how.instance_trouble,
                                 how.store_trouble, how.credentials_trouble, how.reload})
            kind += each ? '+' : '-';
        kinds.insert(kind);
    }
    CHECK(kinds.size() > 25);
}
