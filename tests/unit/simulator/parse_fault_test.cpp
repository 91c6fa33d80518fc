#include "simulator/faults.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace tunnelkeyd::simulator;
using namespace std::chrono_literals;

TEST_CASE("a fault with nothing but a kind meets any request once") {
    const auto read = parse_fault(R"({"kind": "drop_before"})");
    REQUIRE(read.kind == fault_kind::drop_before);
    REQUIRE_FALSE(read.what);
    REQUIRE(read.tunnel.empty());
    REQUIRE(read.times == 1);
    REQUIRE(read.probability == 1);
    REQUIRE_FALSE(read.apply);
}

TEST_CASE("a fault's call, tunnel, times and probability are read") {
    const auto read = parse_fault(
        R"({"kind": "drop_after", "call": "install", "tunnel": "jira", "times": 0, "probability": 0.5})");
    REQUIRE(read.what == call::install);
    REQUIRE(read.tunnel == "jira");
    REQUIRE(read.times == 0);
    REQUIRE(read.probability == 0.5);
    REQUIRE(read.apply);
}

TEST_CASE("a late fault takes a fraction of a second and what is answered meanwhile") {
    const auto read = parse_fault(R"({"kind": "late", "seconds": 1.25, "reply": "504"})");
    REQUIRE(read.delay == 1250ms);
    REQUIRE(read.meanwhile == late_reply::gateway_timeout);
    REQUIRE(read.answer.status == 504);
    REQUIRE(parse_fault(R"({"kind": "late", "seconds": 0})").meanwhile == late_reply::none);
}

TEST_CASE("a slow fault applies, a fraction of a second later") {
    const auto read = parse_fault(R"({"kind": "slow", "seconds": 0.02})");
    REQUIRE(read.delay == 20ms);
    REQUIRE(read.apply);
}

TEST_CASE("a status fault takes headers as text or numbers, and does not apply unless told to") {
    const auto read = parse_fault(
        R"({"kind": "status", "status": 429, "retry_after": 7, "rate_limit_reset": "2026-01-01T00:00Z", "body": "no"})");
    REQUIRE(read.answer.status == 429);
    REQUIRE(read.answer.body == "no");
    REQUIRE(read.answer.headers == std::vector<std::pair<std::string, std::string>>{
                                       {"Retry-After", "7"}, {"X-RateLimit-Reset", "2026-01-01T00:00Z"}});
    REQUIRE_FALSE(read.apply);
    REQUIRE(parse_fault(R"({"kind": "status", "status": 500, "apply": true})").apply);
}

TEST_CASE("a fault that cannot be is refused with a reason") {
    for (const auto* text : {R"(not JSON)",
                             R"({})",
                             R"({"kind": "nonsense"})",
                             R"({"kind": "drop_before", "apply": true})",
                             R"({"kind": "drop_before", "probabilty": 1})",
                             R"({"kind": "drop_before", "call": "nonsense"})",
                             R"({"kind": "drop_before", "probability": 2})",
                             R"({"kind": "drop_before", "times": "often"})",
                             R"({"kind": "slow"})",
                             R"({"kind": "slow", "seconds": 1, "apply": false})",
                             R"({"kind": "late"})",
                             R"({"kind": "late", "seconds": -1})",
                             R"({"kind": "late", "seconds": 1, "reply": 504})",
                             R"({"kind": "status"})",
                             R"({"kind": "status", "status": 99})",
                             R"({"kind": "redirect"})",
                             R"({"kind": "body"})",
                             R"({"kind": "interim", "status": 200})",
                             R"({"kind": "status", "status": 429, "retry_after": "1\r\nX: y"})",
                             R"({"kind": "hold", "until": "tomorrow"})"}) {
        INFO(text);
        REQUIRE_THROWS_AS(parse_fault(text), std::invalid_argument);
    }
}
