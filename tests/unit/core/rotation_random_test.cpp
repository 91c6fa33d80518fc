#include "simulated_tunnel.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using testing::simulated_tunnel;

namespace {

struct totals {
    unsigned crashes = 0;
    unsigned unknowns = 0;
    unsigned confirmations = 0;
    unsigned replaced = 0;
    unsigned held = 0;
};

totals run_histories(std::uint64_t first_seed, unsigned count, rotation::restart how) {
    totals sum;
    for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
        simulated_tunnel tunnel(seed, how);
        const auto broken = tunnel.run(150);
        CAPTURE(seed, broken);
        REQUIRE(broken.empty());
        sum.crashes += tunnel.crashes;
        sum.unknowns += tunnel.unknowns;
        sum.confirmations += tunnel.confirmations;
        sum.replaced += tunnel.replaced;
        sum.held += tunnel.ended_held;
    }
    return sum;
}

/// The histories came by what they are there for.
void check_covered(const totals& sum, unsigned histories) {
    CHECK(sum.crashes > histories);
    CHECK(sum.unknowns > histories);
    CHECK(sum.confirmations > histories);
    CHECK(sum.replaced > histories / 100);
    CHECK(sum.held > 0);
    CHECK(sum.held < histories / 2);
}

}  // namespace

TEST_CASE(
    "whatever is lost, late or killed: in the end the instance holds the cloud's key, or the tunnel is held") {
    constexpr unsigned histories = 3000;
    check_covered(run_histories(1, histories, rotation::restart::daemon), histories);
}

TEST_CASE("the same holds for processes that only live for one rotation") {
    constexpr unsigned histories = 1000;
    check_covered(run_histories(1'000'000, histories, rotation::restart::once), histories);
}
