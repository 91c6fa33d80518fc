#include "core/overview.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;

namespace {

problem of(health severity) {
    return {severity, "a_code", "what is wrong", "what to do", {}};
}

}  // namespace

TEST_CASE("an overview without a problem is ok") {
    overview all;
    CHECK(verdict_on(all) == health::ok);
    all.tunnels.resize(3);
    all.organizations.resize(2);
    CHECK(verdict_on(all) == health::ok);
}

TEST_CASE("the verdict on all is the worst one, wherever that stands") {
    overview all;
    all.tunnels.resize(3);
    all.organizations.resize(2);
    SECTION("a tunnel's") {
        all.tunnels[2].problems = {of(health::failing)};
        all.problems = {of(health::degraded)};
        CHECK(verdict_on(all) == health::failing);
    }
    SECTION("an organization's") {
        all.organizations[1].problems = {of(health::degraded)};
        CHECK(verdict_on(all) == health::degraded);
    }
    SECTION("the daemon's") {
        all.problems = {of(health::degraded), of(health::failing)};
        all.tunnels[0].problems = {of(health::degraded)};
        CHECK(verdict_on(all) == health::failing);
    }
}
