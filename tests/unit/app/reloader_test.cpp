#include "app/reloader.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

/// Answers when it is told to.
class fake_configuration final : public ports::configuration {
public:
    void load(std::shared_ptr<const core::config> in_force, handler done) override {
        CHECK_FALSE(asked);  // one at a time
        ++loads;
        known = std::move(in_force);
        asked = std::move(done);
    }
    void answer(ports::loaded_configuration with) {
        REQUIRE(asked);
        std::exchange(asked, nullptr)(std::move(with));
    }

    unsigned loads = 0;
    std::shared_ptr<const core::config> known;
    handler asked;
};

struct fixture {
    fixture() {
        world.add_tunnel("jira");
        world.draft.state.directory = "/var/lib/tunnelkeyd";
        world.start();
        reload = std::make_unique<app::reloader>(
            outside, source, world.supervisor(),
            [this](const core::config& config) {
                ++applied;
                CHECK(&config == world.supervisor().config().get());  // it is in force already
            },
            [this] { ++ended; });
    }

    void good() {
        ports::loaded_configuration found;
        found.config = std::make_shared<const core::config>(world.draft);
        source.answer(std::move(found));
    }
    void bad(lines errors) {
        ports::loaded_configuration found;
        found.errors = std::move(errors);
        source.answer(std::move(found));
    }
    [[nodiscard]] lines logged(const std::string& name) const {
        lines all;
        for (const auto& line : world.log.lines)
            if (line.event.name == name)
                all.push_back(line.event.message);
        return all;
    }

    tests::fake_world world;
    app::outside outside{world.loop,      world.random, world.secrets, world.journal,     world.cloud,
                         world.instances, world.log,    world.metrics, world.certificates};
    fake_configuration source;
    unsigned applied = 0;
    unsigned ended = 0;
    std::unique_ptr<app::reloader> reload;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a good configuration is in force at once and as a whole") {
    const auto before = world.supervisor().config();
    CHECK(reload->report().loaded_at == world.loop.now().wall);
    world.add_tunnel("new");
    world.tunnel("jira").schedule.every = 1h;
    world.run_for(1min);
    reload->request();
    CHECK(source.known == before);
    CHECK(reload->is_under_way());
    CHECK(world.supervisor().config() == before);
    world.run_for(1min);
    CHECK(world.supervisor().config() == before);
    CHECK(ended == 0);
    good();
    CHECK(world.supervisor().config()->tunnels == world.draft.tunnels);
    CHECK(world.shown("new") != nullptr);
    CHECK(applied == 1);
    CHECK(ended == 1);
    CHECK_FALSE(reload->is_under_way());
    CHECK(reload->report().loaded_at == world.loop.now().wall);
    CHECK_FALSE(reload->report().failed_at);
    REQUIRE(logged("reload.done").size() == 1);
    CHECK(logged("reload.done")
              .front()
              .find("; tunnels: 1 added, 0 removed, 0 renamed, 1 changed, 0 unchanged") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "errors keep the old configuration, and all of them are told") {
    const auto before = world.supervisor().config();
    const auto loaded_at = reload->report().loaded_at;
    world.run_for(1min);
    reload->request();
    const lines errors = GENERATE(lines{"config.yaml:1:1: one", "config.yaml:2:2: two"},
                                  lines{"config.yaml: permission denied"});
    bad(errors);
    CHECK(world.supervisor().config() == before);
    CHECK(applied == 0);
    CHECK(ended == 1);
    CHECK(logged("config.error") == errors);
    CHECK(logged("reload.failed").size() == 1);
    CHECK(logged("reload.done").empty());
    CHECK(reload->report().errors == errors);
    CHECK(reload->report().failed_at == world.loop.now().wall);
    CHECK(reload->report().loaded_at == loaded_at);
    CHECK(problems_of(reload->report(), "").front().code == "reload_failed");

    world.run_for(1min);
    reload->request();
    bad({"another"});
    CHECK(reload->report().errors == lines{"another"});

    world.run_for(1min);
    reload->request();
    good();
    CHECK(reload->report().errors.empty());
    CHECK_FALSE(reload->report().failed_at);
    CHECK(reload->report().loaded_at == world.loop.now().wall);
    CHECK(problems_of(reload->report(), "").empty());
    CHECK(ended == 3);
}

TEST_CASE_METHOD(fixture, "warnings are told, of a good configuration and of a bad one") {
    ports::loaded_configuration found;
    found.warnings = {"this", "that"};
    const bool good = GENERATE(false, true);
    if (good)
        found.config = std::make_shared<const core::config>(world.draft);
    else
        found.errors = {"wrong"};
    reload->request();
    source.answer(std::move(found));
    CHECK(logged("config.warning") == lines{"this", "that"});
}

TEST_CASE_METHOD(fixture, "requests while one is under way lead to exactly one more") {
    reload->request();
    for (int i = 0; i < 5; ++i)
        reload->request();
    CHECK(source.loads == 1);
    const bool first_is_good = GENERATE(true, false);
    if (first_is_good)
        good();
    else
        bad({"wrong"});
    CHECK(source.loads == 2);
    CHECK(reload->is_under_way());
    CHECK(source.known == world.supervisor().config());  // the one that is in force by then
    CHECK(ended == 0);
    good();
    CHECK(source.loads == 2);
    CHECK(ended == 1);
    CHECK_FALSE(reload->report().failed_at);
    reload->request();
    CHECK(source.loads == 3);
    good();
    CHECK(ended == 2);
}

TEST_CASE_METHOD(fixture, "whoever asks again because one has ended is heard") {
    unsigned asked = 0;
    app::reloader again(
        outside, source, world.supervisor(), [](const core::config&) {},
        [&] {
            if (asked++ == 0)
                again.request();
        });
    again.request();
    good();
    CHECK(source.loads == 2);
    good();
    CHECK(source.loads == 2);
    CHECK(asked == 2);
}

TEST_CASE_METHOD(fixture, "what needs a restart is held against the start, not against the last reload") {
    world.draft.state.directory = "/srv/tunnelkeyd";
    reload->request();
    good();
    CHECK(reload->report().needs_restart == lines{"state"});
    CHECK(world.log.count("reload.needs_restart") == 1);

    world.draft.health.listen = core::listen_address{"127.0.0.1", 1};
    reload->request();
    good();
    CHECK(reload->report().needs_restart == lines{"state", "health.listen"});

    reload->request();
    bad({"wrong"});
    CHECK(reload->report().needs_restart == lines{"state", "health.listen"});

    world.draft.state.directory = "/var/lib/tunnelkeyd";
    world.draft.health.gap_failing_after = 1min;  // which counts at once
    reload->request();
    good();
    CHECK(reload->report().needs_restart == lines{"health.listen"});

    world.draft.control.socket = "/srv/control.sock";
    reload->request();
    good();
    CHECK(reload->report().needs_restart == lines{"health.listen", "control.socket"});

    world.draft.health.listen = core::health_settings{}.listen;
    world.draft.control = {};
    reload->request();
    good();
    CHECK(reload->report().needs_restart.empty());
}

TEST_CASE_METHOD(fixture, "the journal's records of new tunnels reach the supervisor") {
    const auto known = world.add_tunnel("known");
    ports::loaded_configuration found;
    found.config = std::make_shared<const core::config>(world.draft);
    core::tunnel_record record;
    record.id = known.id();
    record.last_success = world.loop.now().wall - 24h;
    found.records.push_back(record);
    reload->request();
    source.answer(std::move(found));
    CHECK(world.shown("known")->last_success == record.last_success);
}

TEST_CASE_METHOD(fixture, "a configuration that comes while the daemon ends is not said to be in force") {
    core::result_of<core::reload_outcome> told;
    reload->request([&told](const auto& outcome) { told = outcome; });
    world.drain();
    const auto before = world.supervisor().config();
    world.add_tunnel("new");
    good();
    CHECK(world.supervisor().config() == before);
    CHECK(applied == 0);
    CHECK(ended == 1);
    CHECK(logged("reload.done").empty());
    REQUIRE(std::holds_alternative<core::refusal>(told));
    CHECK(std::get<core::refusal>(told).code == "ending");
}
