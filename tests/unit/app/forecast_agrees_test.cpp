#include "core/forecast.hpp"
#include "support/fake_world.hpp"
#include "support/schedules.hpp"

#include <catch2/catch.hpp>

// A forecast against what the daemon does.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

struct fixture {
    void add(const std::string& name, std::string_view cron, const char* zone) {
        auto& added = world.add_tunnel(name).schedule;
        if (!cron.empty())
            added.cron = tests::cron_of(cron);
        added.zone = tests::zone_of(zone);
    }
    core::schedule& of(const std::string& name) { return world.tunnel(name).schedule; }

    [[nodiscard]] std::vector<core::wall_time> forecast_of(const std::string& name, core::duration length) {
        const auto& settings = world.tunnel(name);
        const auto known = world.journal.records.find(settings.id());
        const core::forecast_tunnel one{&settings,
                                        known == world.journal.records.end() ? nullptr : &known->second};
        const auto now = world.loop.now().wall;
        const auto found = core::forecast({&one, 1}, tests::fake_world::salt, {now, now, length}, 100'000);
        std::vector<core::wall_time> times;
        for (const auto& each : *found)
            times.push_back(each.at);
        return times;
    }

    /// To be compared: Catch2 prints it.
    [[nodiscard]] static std::vector<std::string> shown(const std::vector<core::wall_time>& times) {
        std::vector<std::string> texts;
        for (const auto at : times)
            texts.push_back(core::to_iso8601_milliseconds(at));
        return texts;
    }

    [[nodiscard]] std::vector<core::wall_time> begun(const std::string& name) {
        std::vector<core::wall_time> times;
        for (const auto& each : world.history(name))
            times.push_back(each.began_at);
        return times;
    }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a year of cron, jitter and windows goes as its forecast says, to the millisecond") {
    add("weekly", "0 3 * * 6", "Europe/Berlin");
    of("weekly").jitter = 6h;
    of("weekly").windows = {{0x41, 22h, 6h}};  // Saturday and Sunday
    add("night", "30 2 * * *", "Europe/Berlin");
    add("hours", "15 */5 * * 1-5", "America/New_York");
    of("hours").jitter = 30min;
    add("monthly", "0 0 31,1 * *", "Australia/Lord_Howe");
    of("monthly").jitter = days(3);
    of("monthly").windows = {{0x06, 12h, 13h}, {0x10, 1h, 0h}};
    add("at_once", "0 12 * * 3", "UTC");
    of("at_once").first = core::first_rotation::now;
    add("plain", "", "UTC");
    add("spread", "", "UTC");
    of("spread").jitter = 12h;

    constexpr auto year = core::duration(days(365));
    const std::vector<std::string> exact{"weekly", "night", "hours", "monthly", "at_once"};
    std::map<std::string, std::vector<core::wall_time>> expected;
    for (const auto& each : world.draft.tunnels)
        expected[each.name] = forecast_of(each.name, year);
    world.start();
    world.run_for(year);
    for (const auto& name : exact) {
        INFO(name);
        CHECK(expected[name].size() >= 12);
        CHECK(shown(begun(name)) == shown(expected[name]));
    }
    // Without cron each rotation counts from the end of the one before, which takes its time.
    const auto plain = begun("plain");
    REQUIRE(plain.size() == expected["plain"].size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
        CHECK(plain[i] >= expected["plain"][i]);
        CHECK(plain[i] - expected["plain"][i] <= 1s * i);
    }
    CHECK(begun("spread").front() == expected["spread"].front());
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "the next rotation of every with jitter comes when a forecast made before it says") {
    add("spread", "", "Europe/Berlin");
    of("spread").every = days(5);
    of("spread").jitter = 12h;
    of("spread").windows = {{0x3e, 1h, 5h}};
    world.start();
    world.run_for(1s);
    for (unsigned i = 0; i < 50; ++i) {
        const auto expected = forecast_of("spread", days(30)).front();
        REQUIRE(world.run_until([&] { return world.rotated("spread") == i + 1; }, days(30)));
        CHECK(begun("spread").back() == expected);
    }
}

TEST_CASE_METHOD(fixture,
                 "after a failure the next attempt comes when the forecast says, daemon stopped or not") {
    const bool stopped = GENERATE(false, true);
    add("jira", "0 3 * * *", "UTC");
    of("jira").first = core::first_rotation::now;
    world.wire.always("jira-host", tests::call::regenerate, tests::fault::answer(404));
    world.start();
    world.run_for(3min);
    REQUIRE(world.record("jira").retry_at);
    const auto expected = forecast_of("jira", days(3));
    CHECK(expected.front() > world.loop.now().wall);
    world.wire.heal_all();
    if (stopped)
        world.crash();
    const auto before = static_cast<std::ptrdiff_t>(begun("jira").size());
    world.run_for(days(3));
    auto times = begun("jira");
    times.erase(times.begin(), times.begin() + before);
    CHECK(shown(times) == shown(expected));
}

TEST_CASE_METHOD(fixture, "a confirmation comes when the forecast says, and the schedule goes on from there") {
    add("jira", "0 3 * * *", "UTC");
    of("jira").first = core::first_rotation::now;
    world.wire.script("jira-host", tests::call::regenerate, tests::fault::late(9min, 504));
    world.start();
    world.run_for(8min);
    REQUIRE(world.rotated("jira") == 1);
    REQUIRE(world.record("jira").confirmation_owed);
    const auto expected = forecast_of("jira", days(3));
    world.run_for(days(3));
    auto times = begun("jira");
    times.erase(times.begin());
    CHECK(shown(times) == shown(expected));
}

TEST_CASE_METHOD(fixture, "after a stop of three weeks each tunnel is caught up when the forecast says") {
    add("free", "0 3 * * *", "Europe/Berlin");
    add("windows", "0 3 * * *", "Europe/Berlin");
    of("windows").jitter = 2h;
    of("windows").windows = {{0x7f, 2h, 6h}};
    world.start();
    world.run_for(days(3) + 7h);
    world.kill();
    world.loop.step_wall(days(21));
    const auto free = forecast_of("free", days(10));
    const auto windows = forecast_of("windows", days(10));
    const auto before = world.rotated("free");
    world.start();
    world.run_for(days(10));
    const auto after = [&](const std::string& name) {
        auto times = begun(name);
        times.erase(times.begin(), times.begin() + before);
        return times;
    };
    CHECK(shown(after("free")) == shown(free));
    CHECK(shown(after("windows")) == shown(windows));
}
