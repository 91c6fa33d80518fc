#include "app/rotator.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// One tunnel, driven through the ports: what is done in which order, and what a port's failure leads to.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

struct fixture {
    fixture() { world.add_tunnel("jira").schedule.first = core::first_rotation::now; }

    /// When all has been tried again and confirmed.
    void require_settled() {
        world.run_for(4h);
        REQUIRE(world.broken() == std::vector<std::string>{});
        REQUIRE(world.in_step("jira"));
        REQUIRE_FALSE(world.record("jira").open);
        REQUIRE_FALSE(world.record("jira").confirmation_owed);
    }
    [[nodiscard]] std::uint64_t regenerates() const { return world.wire.sent(call::regenerate); }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a rotation ends with the instance holding the cloud's new key") {
    world.start();
    world.run_for(1min);
    require_settled();
    CHECK(world.at_cloud("jira").made == 1);
    REQUIRE(world.history("jira").size() == 1);
    const auto& line = world.history("jira").front();
    CHECK(line.why == core::reason::first);
    CHECK(line.how == core::outcome::installed);
    CHECK(line.regenerates == 1);
    CHECK(line.installs == 1);
    CHECK(line.gap > 0ms);
    CHECK(line.gap < 100ms);
    CHECK_FALSE(world.record("jira").key);
}

TEST_CASE_METHOD(fixture, "the intent is on disk before the request leaves, the key before it is installed") {
    world.record_calls = true;
    world.start();
    world.run_for(1min);
    CHECK(world.calls == std::vector<std::string>{"save new", "probe", "secret jira-pat", "secret acme-api-key",
                                                  "organization", "status", "whoami", "save intent",
                                                  "secret acme-api-key", "regenerate", "save key",
                                                  "secret jira-pat", "install", "save done"});
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "an intent that cannot be written sends nothing, and is tried again calmly") {
    world.journal.fails = [](const core::tunnel_record& record, const auto&) {
        return record.open && record.open->intent;
    };
    world.start();
    world.run_for(20s);
    CHECK(regenerates() == 0);
    REQUIRE_FALSE(world.history("jira").empty());
    CHECK(world.history("jira").front().how == core::outcome::store_failed);
    CHECK(world.history("jira").size() < 6);
    world.journal.fails = nullptr;
    require_settled();
    CHECK(regenerates() == 1);
}

TEST_CASE_METHOD(fixture, "a store that fails once after the mint is written to again before the install") {
    bool failed = false;
    world.journal.fails = [&](const core::tunnel_record& record, const auto&) {
        return record.key && !std::exchange(failed, true);
    };
    world.record_calls = true;
    world.start();
    world.run_for(10s);
    const std::vector<std::string> end(world.calls.end() - 5, world.calls.end());
    CHECK(end == std::vector<std::string>{"save key", "save key", "secret jira-pat", "install", "save done"});
    require_settled();
}

TEST_CASE_METHOD(fixture, "a store that fails after the mint does not keep the key from being installed") {
    world.journal.fails = [](const core::tunnel_record& record, const auto&) { return record.key.has_value(); };
    world.start();
    world.run_for(10s);
    require_settled();
    CHECK(regenerates() == 1);
    CHECK(world.log.count("store.failed") == 2);
}

TEST_CASE_METHOD(fixture, "an install from memory, killed before it was written, is asked for again") {
    world.journal.fails = [](const core::tunnel_record& record, const auto&) {
        return record.key.has_value() || !record.open;
    };
    world.start();
    world.run_for(10s);
    CHECK(world.in_step("jira"));
    world.journal.fails = nullptr;
    world.crash();
    require_settled();
    CHECK(world.rotated("jira") == 2);  // and the confirmation
}

TEST_CASE_METHOD(fixture,
                 "done that cannot be written closes the gap, is written again, and nothing else begins") {
    world.tunnel("jira").schedule.every = 1min;
    world.journal.fails = [](const auto&, const std::optional<core::history_entry>& ended) {
        return ended && ended->how == core::outcome::installed;
    };
    world.start();
    world.run_for(30min);
    CHECK(world.in_step("jira"));
    CHECK(regenerates() == 1);
    CHECK(world.supervisor().open_gaps().empty());
    world.journal.fails = nullptr;
    world.run_for(2min);
    CHECK(world.rotated("jira") >= 1);
    CHECK(world.history("jira").front().gap < 1s);
    world.run_for(2min);
    CHECK(regenerates() > 1);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(
    fixture, "a refusal that could not be written is written again, so that a restart regenerates nothing") {
    world.wire.script("jira-host", call::regenerate, fault::answer(403));
    bool failed = false;
    world.journal.fails = [&](const auto&, const std::optional<core::history_entry>& ended) {
        return ended && !std::exchange(failed, true);
    };
    world.start();
    world.run_for(10s);
    REQUIRE(failed);
    CHECK(world.history("jira").size() == 1);
    CHECK_FALSE(world.record("jira").open);
    world.crash();
    world.run_for(30min);  // credentials were refused: not before an hour has passed
    CHECK(regenerates() == 1);
    CHECK(world.log.count("rotation.recovered") == 0);
    require_settled();
}

TEST_CASE_METHOD(fixture, "killed before done could be written, the same key is installed again") {
    world.journal.fails = [](const auto&, const std::optional<core::history_entry>& ended) {
        return ended && ended->how == core::outcome::installed;
    };
    world.start();
    world.run_for(10s);
    world.journal.fails = nullptr;
    world.crash();
    world.run_for(10s);
    CHECK(world.rotated("jira") == 1);
    CHECK(regenerates() == 1);
    require_settled();
}

TEST_CASE_METHOD(fixture,
                 "an API key that is gone when it is needed sends nothing: refused, the key untouched") {
    const bool erased = GENERATE(true, false);
    world.journal.fails = [&, erased](const core::tunnel_record& record, const auto&) {
        if (record.open && record.open->intent && erased)
            world.secrets.values.erase("acme-api-key");
        else if (record.open && record.open->intent)
            world.secrets.values["acme-api-key"] = "s3cr3t-api-acme ";
        return false;
    };
    world.start();
    world.run_for(20s);
    CHECK(regenerates() == 0);
    REQUIRE(world.history("jira").size() == 1);
    CHECK(world.history("jira").front().how == core::outcome::refused);
    CHECK_FALSE(world.record("jira").open);
    world.journal.fails = nullptr;
    world.secrets.values["acme-api-key"] = "s3cr3t-api-acme";
    require_settled();
    CHECK(regenerates() == 1);
}

TEST_CASE_METHOD(fixture,
                 "credentials that are gone when they are needed keep the sealed key until they are back") {
    world.journal.fails = [&](const core::tunnel_record& record, const auto&) {
        if (record.key)
            world.secrets.values.erase("jira-pat");
        return false;
    };
    world.start();
    world.run_for(10min);
    CHECK(world.wire.sent(call::install) == 0);
    CHECK(world.record("jira").key);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"jira"});
    world.journal.fails = nullptr;
    world.secrets.values["jira-pat"] = "s3cr3t-pat-jira";
    world.run_for(2min);
    CHECK(world.in_step("jira"));
    CHECK(regenerates() == 1);
    require_settled();
}

TEST_CASE_METHOD(fixture, "secrets are read anew at each use") {
    world.wire.always("jira-host", call::install, fault::answer(503));
    world.start();
    world.run_for(1min);
    world.secrets.values["jira-pat"] = "s3cr3t-new";
    world.at_instance("jira").authorization = "Bearer s3cr3t-new";
    world.wire.heal_all();
    require_settled();
    CHECK(regenerates() == 1);
}

TEST_CASE_METHOD(fixture,
                 "a regenerate that timed out may take twice as long the next time, up to five minutes") {
    world.wire.always("jira-host", call::regenerate, fault::hangs());
    world.start();
    world.run_for(1h);
    REQUIRE(world.cloud.timeouts.size() > 5);
    CHECK(std::vector<core::duration>(world.cloud.timeouts.begin(), world.cloud.timeouts.begin() + 5) ==
          std::vector<core::duration>{1min, 2min, 4min, 5min, 5min});
    world.wire.heal_all();
    require_settled();
}

TEST_CASE_METHOD(fixture, "a preflight older than 60 s is repeated before the intent") {
    // One permit, taken by a tunnel whose request hangs for longer than that. Organizations take turns by their
    // ids.
    world.draft.cloud.max_in_flight = 1;
    world.add_tunnel("slow", "aaa").schedule.first = core::first_rotation::now;
    std::swap(world.draft.tunnels[0], world.draft.tunnels[1]);
    auto hang = fault::lost_after();
    hang.heard_after = 90s;
    world.wire.script("slow-host", call::regenerate, hang);
    world.start();
    world.run_for(80s);
    CHECK(world.wire.sent("jira-host", call::whoami) == 1);
    CHECK(world.wire.sent("jira-host", call::regenerate) == 0);
    world.run_for(11s);
    CHECK(world.wire.sent("jira-host", call::whoami) == 2);
    CHECK(world.wire.sent("jira-host", call::regenerate) == 1);
    world.run_for(2h);
    CHECK(world.all_in_step());
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "nothing that a rotation says contains a secret") {
    const auto bad = GENERATE(0, 401, 400, 503, 200);
    for (const auto what : {call::organization, call::regenerate, call::status, call::whoami, call::install}) {
        const auto* target = what == call::organization ? "acme-id" : "jira-host";
        auto how = fault::answer(static_cast<unsigned>(bad));
        how.body = "s3cr3t-body";
        world.wire.script(target, what, bad == 0 ? fault::lost_after() : how);
    }
    world.start();
    world.run_for(30h);
    CHECK(world.log.lines.size() > 5);
    CHECK_FALSE(world.log.leaked());
    require_settled();
}
