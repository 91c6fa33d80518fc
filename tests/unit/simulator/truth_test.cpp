#include "simulator/truth.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace tunnelkeyd::simulator;
using namespace std::chrono_literals;
using tunnelkeyd::core::wall_time;

namespace {

tunnel called(const std::string& name) {
    tunnel made;
    made.name = name;
    made.hostname = name + "-host";
    return made;
}

/// Keys are key-1, key-2, ...
truth make_truth() {
    return truth([made = 0]() mutable { return "key-" + std::to_string(++made); });
}

constexpr wall_time start{1'000'000ms};

}  // namespace

TEST_CASE("a tunnel starts in step, with a key of its own") {
    auto all = make_truth();
    const auto& first = all.add(called("jira"));
    const auto& second = all.add(called("bamboo"));
    REQUIRE(first.in_step());
    REQUIRE(first.cloud_key != second.cloud_key);
    REQUIRE(first.out_of_step_total(start) == 0ms);
}

TEST_CASE("regenerating kills the old key at once, and installing the new one brings the tunnel back in step") {
    auto all = make_truth();
    auto& at = all.add(called("jira"));
    all.regenerate(at, start);
    REQUIRE(at.cloud_key == "key-2");
    REQUIRE(at.instance_key == "key-1");
    REQUIRE_FALSE(at.in_step());
    REQUIRE(at.out_of_step_since == start);
    all.install(at, "key-2", start + 70ms);
    REQUIRE(at.in_step());
    REQUIRE_FALSE(at.out_of_step_since);
    REQUIRE(at.regenerates == 1);
    REQUIRE(at.installs == 1);
}

TEST_CASE("the time out of step adds up, and an open one counts up to now") {
    auto all = make_truth();
    auto& at = all.add(called("jira"));
    all.regenerate(at, start);
    all.regenerate(at, start + 10ms);
    REQUIRE(at.out_of_step_total(start + 50ms) == 50ms);
    all.install(at, at.cloud_key, start + 70ms);
    all.install(at, "another", start + 100ms);
    REQUIRE(at.out_of_step_total(start + 103ms) == 73ms);
}

TEST_CASE("each change is kept with its time and side, the last thousand of them") {
    auto all = make_truth();
    auto& at = all.add(called("jira"));
    for (int i = 0; i < 600; ++i) {
        all.regenerate(at, start + std::chrono::milliseconds(i));
        all.install(at, at.cloud_key, start + std::chrono::milliseconds(i));
    }
    REQUIRE(at.changes.size() == 1000);
    REQUIRE(at.changes.back().key == at.instance_key);
    REQUIRE_FALSE(at.changes.back().at_cloud);
    REQUIRE(at.changes.back().at == start + 599ms);
}

TEST_CASE("tunnels and organizations are found by what names them") {
    auto all = make_truth();
    auto& at = all.add(called("jira"));
    auto& owner = all.add(organization{"acme", "id-1", "api-key"});
    REQUIRE(all.find_tunnel("jira") == &at);
    REQUIRE(all.find_tunnel_by_hostname("", "jira-host") == &at);
    REQUIRE(all.find_tunnel_by_hostname("acme", "jira-host") == nullptr);
    REQUIRE(all.find_tunnel("jira-host") == nullptr);
    REQUIRE(all.find_organization("acme") == &owner);
    REQUIRE(all.find_organization_by_id("id-1") == &owner);
    REQUIRE(all.find_organization_by_api_key("api-key") == &owner);
    REQUIRE(all.find_organization_by_api_key("") == nullptr);
    REQUIRE_THROWS_AS(all.add(called("jira")), std::invalid_argument);
}

TEST_CASE("an organization's requests are limited per minute, where there is a limit") {
    organization limited{"acme", "id", "key", 2};
    REQUIRE_FALSE(truth::admit(limited, start));
    REQUIRE_FALSE(truth::admit(limited, start + 1s));
    REQUIRE(truth::admit(limited, start + 20s) == 40s);
    REQUIRE_FALSE(truth::admit(limited, start + 60s));
    organization unlimited{"acme", "id", "key"};
    for (int i = 0; i < 1000; ++i)
        REQUIRE_FALSE(truth::admit(unlimited, start));
}

TEST_CASE("an instance's state reads back from its text, and nothing else does") {
    for (const auto* text : {"RUNNING", "STARTING", "STOPPING", "FIRST_RUN", "MAINTENANCE", "ERROR"})
        REQUIRE(to_string(parse_instance_state(text)) == text);
    REQUIRE_THROWS_AS(parse_instance_state("running"), std::invalid_argument);
}
