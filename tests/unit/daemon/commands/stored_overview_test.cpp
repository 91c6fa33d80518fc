#include "daemon/commands/stored_overview.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;

namespace {

struct scene {
    scene() {
        for (const char* name : {"jira", "bamboo"})
            config.tunnels.push_back(*tunnel(name).settings);
    }

    core::tunnel_record& record(const std::string& name) {
        auto& added = held.records.emplace_back();
        added.id = tunnel(name).id;
        added.name = name;
        added.first_seen = now - std::chrono::days(40);
        added.last_success = now - std::chrono::days(3);
        return added;
    }
    static void open(core::tunnel_record& record) {
        record.open = core::open_rotation{};
        record.open->began_at = record.open->gap_opened_at = now - 10min;
        record.open->intent = true;
        record.open->regenerates = 1;
        record.key = core::pending_key{};
        record.key->generation = 1;
        record.key->on_premise_url = "https://jira.example.com/base";
    }
    [[nodiscard]] core::overview look(bool at_work = false) const {
        return daemon::stored_overview(config, held, at_work, "no daemon runs", now);
    }

    core::config config;
    ports::journal_contents held;
};

}  // namespace

TEST_CASE_METHOD(scene, "without a daemon a tunnel is stopped, and what the store holds of it is shown") {
    record("jira");
    const auto seen = look();
    REQUIRE(seen.tunnels.size() == 2);
    CHECK(seen.tunnels[0].state == "stopped");
    CHECK(seen.tunnels[0].last_success == now - std::chrono::days(3));
    CHECK(seen.tunnels[0].next->at == now + std::chrono::days(27));
    CHECK(seen.tunnels[0].problems.empty());
    CHECK(seen.tunnels[1].name == "bamboo");
    CHECK_FALSE(seen.tunnels[1].last_success);
    const auto view = seen_of(seen);
    CHECK_FALSE(view.started_at);
    CHECK(view.not_ready == "no daemon runs");
}

TEST_CASE_METHOD(scene,
                 "an open gap that nobody closes is failing at once, and the remedy is to start the daemon") {
    open(record("jira"));
    const auto seen = look();
    const auto& jira = seen.tunnels[0];
    CHECK(jira.state == "waiting");
    CHECK(jira.gap_opened_at == now - 10min);
    REQUIRE(jira.problems.size() == 1);
    CHECK(jira.problems[0].code == "gap_open");
    CHECK(jira.problems[0].severity == core::health::failing);
    CHECK(jira.problems[0].remedy.starts_with("start the daemon"));
    held.records[0].failures = 3;
    held.records[0].last_error = "install: HTTP 503";
    CHECK(look().tunnels[0].problems.size() == 1);  // its message has the error
}

TEST_CASE_METHOD(scene, "a gap that run --once is closing is as bad as a daemon's") {
    auto& jira = record("jira");
    open(jira);
    jira.open->gap_opened_at = now - 1s;
    CHECK(look(true).tunnels[0].problems.empty());
    CHECK(look(false).tunnels[0].problems.size() == 1);
}

TEST_CASE_METHOD(scene, "a key that belongs elsewhere is held, without a daemon too") {
    auto& jira = record("jira");
    open(jira);
    jira.key->on_premise_url = "https://bamboo.example.com/base";
    const auto seen = look();
    CHECK(seen.tunnels[0].state == "held");
    CHECK(seen.tunnels[0].problems[0].code == "held");
}

TEST_CASE_METHOD(scene,
                 "a tunnel that left with its gap open is shown, orphaned where its instance is another's") {
    core::tunnel_record left;
    left.id = {"0c632b13", "crowd-host"};
    left.name = "crowd";
    open(left);
    auto settings = std::make_shared<core::tunnel>(*tunnel("crowd").settings);
    held.leftovers.push_back({left, settings});
    CHECK(look().tunnels.at(2).state == "waiting");
    CHECK_FALSE(look().tunnels.at(2).configured);
    settings->instance.url = config.tunnels[0].instance.url;
    CHECK(look().tunnels.at(2).state == "orphaned");
    CHECK(look().tunnels.at(2).problems.at(0).code == "orphaned");
    held.leftovers[0].settings = nullptr;
    CHECK(look().tunnels.at(2).problems.at(0).code == "orphaned");
}

TEST_CASE_METHOD(scene, "a paused tunnel is paused, and one that was due for longer than allowed is overdue") {
    record("jira").paused_at = now - 1h;
    record("bamboo").last_success = now - std::chrono::days(32);
    const auto seen = look();
    CHECK(seen.tunnels[0].state == "paused");
    CHECK_FALSE(seen.tunnels[0].next);
    CHECK(seen.tunnels[1].problems.at(0).code == "overdue");
}
