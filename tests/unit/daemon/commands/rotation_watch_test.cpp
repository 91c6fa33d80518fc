#include "daemon/commands/rotation_watch.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

namespace {

constexpr auto installed = static_cast<std::size_t>(core::outcome::installed);
constexpr auto preflight_failed = static_cast<std::size_t>(core::outcome::preflight_failed);

struct scene {
    core::overview all = all_of({tunnel("jira"), tunnel("bamboo")});
    daemon::rotation_watch watch{seen_of(all)};
    core::tunnel_overview& jira = all.tunnels[0];
    core::tunnel_overview& bamboo = all.tunnels[1];

    std::vector<daemon::ended_rotation> look() { return watch.look(seen_of(all)); }
    void restart() {
        all.started_at = now - 1s;
        for (auto& each : all.tunnels)
            each.ended = {};
    }
};

}  // namespace

TEST_CASE_METHOD(scene, "a rotation is done when its count of installed ones rises, and not before") {
    jira.state = "installing";
    jira.gap_opened_at = now;
    CHECK(look().empty());
    jira.ended[installed] = 1;
    const auto ended = look();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].tunnel == "jira");
    CHECK(ended[0].done);
    CHECK(watch.in_flight() == std::vector<std::string>{"bamboo"});
    CHECK(watch.done() == 1);
    CHECK(watch.total() == 2);
    CHECK(look().empty());
}

TEST_CASE_METHOD(scene, "a rotation that ends otherwise has failed, with its error and what to do") {
    jira.ended[preflight_failed] = 1;
    jira.last_error = "the instance says MAINTENANCE";
    jira.problems.push_back(problem(core::health::degraded, "instance_not_ready", 0ms));
    const auto ended = look();
    REQUIRE(ended.size() == 1);
    CHECK_FALSE(ended[0].done);
    CHECK(ended[0].error == "the instance says MAINTENANCE");
    CHECK(ended[0].remedy == "what to do about it");
    CHECK(watch.failed() == 1);
}

TEST_CASE_METHOD(scene, "an open gap is waited for, and one that is held or orphaned is not") {
    for (auto* each : {&jira, &bamboo}) {
        const auto before = each->last_success;
        *each = in_danger(each->name);
        each->last_success = before;
    }
    CHECK(look().empty());
    jira.state = "held";
    bamboo.state = "orphaned";
    const auto ended = look();
    REQUIRE(ended.size() == 2);
    CHECK_FALSE(ended[0].done);
    CHECK_FALSE(ended[1].done);
}

TEST_CASE_METHOD(scene, "a daemon that restarts has forgotten requests, and finishes open gaps") {
    bamboo.gap_opened_at = now;
    CHECK(look().empty());
    restart();
    CHECK(look().empty());
    CHECK(watch.take_forgotten() == std::vector<std::string>{"jira"});
    CHECK(watch.take_forgotten().empty());
    bamboo.gap_opened_at.reset();
    bamboo.last_success = now;
    jira.ended[installed] = 1;
    CHECK(look().size() == 2);
    CHECK(watch.done() == 2);
}

TEST_CASE_METHOD(
    scene, "a daemon that was away has forgotten requests, though it started again within its first second") {
    CHECK(look().empty());
    watch.absent();
    CHECK(look().empty());
    CHECK(watch.take_forgotten() == std::vector<std::string>{"bamboo", "jira"});
    CHECK(look().empty());
    CHECK(watch.take_forgotten().empty());
}

TEST_CASE_METHOD(scene, "a rotation that was done just before a restart is not asked for again") {
    jira.last_success = now;
    restart();
    const auto ended = look();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].done);
    CHECK(watch.take_forgotten() == std::vector<std::string>{"bamboo"});
}

TEST_CASE_METHOD(scene, "a daemon that starts says nothing of its tunnels yet") {
    restart();
    all.not_ready = "starting";
    all.tunnels.clear();
    CHECK(look().empty());
    CHECK(watch.in_flight().size() == 2);
}

TEST_CASE_METHOD(scene, "a tunnel that the daemon does not know any more is not waited for") {
    all.tunnels.erase(all.tunnels.begin());
    const auto ended = look();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].error == "the daemon does not know the tunnel any more");
}
