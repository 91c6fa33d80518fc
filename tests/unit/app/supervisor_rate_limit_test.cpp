#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>

// cloud.requests_per_minute: never too many, open gaps first, and no organization delays another.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

/// A cloud that counts the requests of each organization in the last minute, and answers 429 beyond the limit.
struct limited_world : tests::fake_world {
    limited_world() {
        draft.cloud.requests_per_minute = 60;
        wire.leaving = [this](const std::string& target, call what) { count(target, what); };
        wire.chance = [this](const std::string&, call) {
            return std::exchange(refuse, false) ? fault::answer(429, "60") : fault{};
        };
    }

    void count(const std::string& target, call what) {
        if (what != call::organization && what != call::regenerate)
            return;
        const auto now = loop.now().steady;
        auto& recent = asked[what == call::organization ? target : organization_of(target)];
        while (!recent.empty() && now - recent.front() >= core::duration(1min))
            recent.pop_front();
        recent.push_back(now);
        refuse = recent.size() > draft.cloud.requests_per_minute;
        refused += refuse;
    }

    std::string organization_of(const std::string& hostname) {
        for (const auto& each : draft.tunnels)
            if (each.hostname == hostname)
                return each.organization.id;
        return {};
    }

    [[nodiscard]] std::size_t waiting(const std::string& organization) const {
        for (const auto& each : overview().organizations)
            if (each.name == organization)
                return each.waiting_for_rate_limit;
        return 0;
    }

    std::map<std::string, std::deque<core::steady_time>> asked;  // within the last minute, by organization id
    bool refuse = false;
    unsigned refused = 0;
};

}  // namespace

TEST_CASE("two hundred tunnels that are due at once rotate as fast as the limit allows, without a single 429") {
    limited_world world;
    world.add_due_tunnels("t", "acme", 200);
    world.start();
    world.run_for(1min);
    CHECK(world.rotated("t", 200) > 30);
    world.run_for(5min);
    CHECK(world.rotated("t", 200) == 200);
    CHECK(world.refused == 0);
    CHECK(world.wire.sent(call::regenerate) == 200);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE("whoever waits for the limit logs in once, and has no intent on disk") {
    limited_world world;
    world.draft.cloud.requests_per_minute = 20;
    world.add_due_tunnels("t", "acme", 100);
    world.start();
    for (int i = 0; i < 30; ++i) {
        world.run_for(1min);
        unsigned intents = 0;
        for (const auto& each : world.draft.tunnels)
            intents += world.record(each.name).open.has_value();
        CHECK(intents == 0);
    }
    CHECK(world.rotated("t", 100) == 100);
    CHECK(world.wire.sent(call::whoami) == 100);
    CHECK(world.refused == 0);
}

TEST_CASE("a limit that is used up by one organization delays no other's single tunnel") {
    limited_world world;
    world.add_due_tunnels("many", "acme", 400);
    world.add_due_tunnels("one", "other", 1);
    world.draft.cloud.max_in_flight = GENERATE(1u, 8u);
    world.wire.leaving = nullptr;
    world.start();
    world.run_for(1s);
    CHECK(world.rotated("one0") == 1);
    CHECK(world.rotated("many", 400) < 10);
}

TEST_CASE("organizations take turns for permits, however many of one of them wait") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 1;
    world.draft.cloud.requests_per_minute = 100'000;
    world.add_due_tunnels("many", "acme", 400);
    world.add_due_tunnels("few", "other", 3);
    world.wire.chance = [](const std::string&, call what) {
        fault how;
        how.heard_after = what == call::regenerate ? core::duration(1s) : core::duration(10);
        return how;
    };
    world.start();
    world.run_for(10s);
    CHECK(world.rotated("few", 3) == 3);
    CHECK(world.rotated("many", 400) >= 4);
}

TEST_CASE("an open gap goes first where hundreds wait for the limit") {
    limited_world world;
    world.draft.cloud.requests_per_minute = 20;
    world.add_due_tunnels("gap", "acme", 1);
    world.wire.script("gap0-host", call::regenerate, fault::no_connection());
    world.add_due_tunnels("t", "acme", 300);
    world.start();
    world.run_for(5min);
    REQUIRE(world.rotated("gap0") <= 1);
    // A key that its instance lost: the next start knows nothing of it but the intent.
    world.wire.script("gap0-host", call::regenerate, fault::hangs());
    static_cast<void>(world.supervisor().rotate("gap0", "alice"));
    REQUIRE(world.run_until([&] { return world.record("gap0").open && world.record("gap0").open->unknown; }));
    const auto opened = world.loop.now().steady;
    REQUIRE(world.run_until([&] { return !world.record("gap0").open; }));
    CHECK(world.loop.now().steady - opened < core::duration(3s));  // the backoff, and no token to wait for
    CHECK(world.refused == 0);
    world.run_for(1h);
    CHECK(world.rotated("t", 300) == 300);
    CHECK(world.refused == 0);
}

TEST_CASE("a person's rotation goes ahead of all that are due") {
    limited_world world;
    world.add_due_tunnels("t", "acme", 400);
    world.start();
    world.run_for(10s);
    REQUIRE(world.rotated("t399") == 0);
    static_cast<void>(world.supervisor().rotate("t399", "alice"));
    world.run_for(1min);
    CHECK(world.rotated("t399") == 1);
    CHECK(world.rotated("t", 400) < 100);
}

TEST_CASE("every question counts: the API key's, and one that a person has asked") {
    limited_world world;
    world.draft.cloud.requests_per_minute = 20;
    world.add_due_tunnels("t", "acme", 60);
    world.start();
    for (int i = 0; i < 300; ++i) {
        world.run_for(10s);
        if (i % 3 == 0) {
            world.supervisor().asked_cloud("acme-id");
            world.count("acme-id", call::organization);
            world.refuse = false;
        }
    }
    CHECK(world.rotated("t", 60) == 60);
    CHECK(world.refused == 0);
}

TEST_CASE("after a restart no minute sees more than the limit") {
    limited_world world;
    world.add_due_tunnels("t", "acme", 150);
    world.start();
    for (int i = 0; i < 4; ++i) {
        world.run_for(75s);
        world.crash();
    }
    world.run_for(5min);
    CHECK(world.rotated("t", 150) == 150);
    CHECK(world.refused == 0);
}

TEST_CASE("another limit counts from the reload on") {
    limited_world world;
    world.draft.cloud.requests_per_minute = 20;
    world.add_due_tunnels("t", "acme", 200);
    world.start();
    world.run_for(1min);
    const auto slowly = world.rotated("t", 200);
    CHECK(slowly < 15);
    world.draft.cloud.requests_per_minute = 600;
    world.reload();
    world.run_for(30s);
    CHECK(world.rotated("t", 200) == 200);
    CHECK(world.refused == 0);
}

TEST_CASE("a long wait for the limit is told and shown, and a short one is not") {
    limited_world world;
    world.add_due_tunnels("few", "other", 5);
    world.add_due_tunnels("t", "acme", 100);
    world.start();
    world.run_for(5s);
    CHECK(world.log.count("rate_limit.waiting") == 1);
    CHECK(world.waiting("acme") > 80);
    world.run_for(30s);
    CHECK(world.waiting("other") == 0);
    world.run_for(5min);
    CHECK(world.waiting("acme") == 0);
    CHECK(world.log.count("rate_limit.waiting") == 1);
    CHECK(world.log.count("rate_limit.over") == 1);
}

TEST_CASE("a 429 all the same pauses its organization, and all go on afterwards within the limit") {
    limited_world world;
    world.add_due_tunnels("t", "acme", 100);
    world.add_due_tunnels("b", "other", 20);
    world.wire.script("t30-host", call::regenerate, fault::answer(429, "600"));
    world.start();
    world.run_for(9min);
    CHECK(world.rotated("t", 100) < 40);
    CHECK(world.rotated("b", 20) == 20);
    world.run_for(6min);
    CHECK(world.rotated("t", 100) == 100);
    CHECK(world.refused == 0);
}

TEST_CASE("run --once waits for the limit until all had their turn") {
    limited_world world;
    world.add_due_tunnels("t", "acme", 100);
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().rotated == 100);
    CHECK(world.refused == 0);
}
