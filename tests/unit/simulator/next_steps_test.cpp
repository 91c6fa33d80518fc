#include "simulator/next_steps.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::simulator;
using Catch::Matchers::Contains;
namespace core = tunnelkeyd::core;

namespace {

const addresses at{"https://localhost:1", "https://localhost:2", "http://127.0.0.1:3", "/sim/ca.pem", {}};

core::config with_tunnel(const std::string& name) {
    core::config made;
    made.tunnels.emplace_back().name = name;
    return made;
}

}  // namespace

TEST_CASE("the next steps name the copy, a tunnel of its own and where to look") {
    const auto text = next_steps(with_tunnel("wiki"), {"/sim/config.yaml", "127.0.0.1:4", {}}, at);
    CHECK_THAT(text, Contains("\n  tunnelkeyd run --config /sim/config.yaml\n"));
    CHECK_THAT(text, Contains(R"("tunnel": "wiki", "times": 0}' http://127.0.0.1:3/faults)"));
    CHECK_THAT(text, Contains("\n  tunnelkeyd rotate wiki --config /sim/config.yaml\n"));
    CHECK_THAT(text, Contains("FAILING after 5m"));
    CHECK_THAT(text, Contains("\n  curl http://127.0.0.1:3/tunnels\n"));
    CHECK_THAT(text, Contains("\n  curl http://127.0.0.1:4/healthz\n"));
}

TEST_CASE("a path that a shell would take apart is quoted in the next steps") {
    REQUIRE_THAT(next_steps({}, {"/it's here/config.yaml", "", {}}, at),
                 Contains("tunnelkeyd plan --config '/it'\\''s here/config.yaml'\n"));
}

TEST_CASE("what is not there is not among the next steps") {
    const auto text = next_steps({}, {"/sim/config.yaml", "", {}}, at);
    CHECK_THAT(text, !Contains("/faults"));
    CHECK_THAT(text, !Contains("healthz"));
}
