#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// Who goes first, and that nobody waits for another's trouble.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

fault slow(core::duration heard_after) {
    auto how = fault::lost_after();
    how.heard_after = heard_after;
    return how;
}

/// Due at once, and each waits for its instance for five minutes.
void add_dead_tunnels(tests::fake_world& world, const std::string& prefix, const std::string& organization,
                      unsigned count) {
    world.add_due_tunnels(prefix, organization, count);
    for (unsigned i = 0; i < count; ++i) {
        const auto name = prefix + std::to_string(i);
        world.tunnel(name).instance.timeout.connect = 5min;
        world.wire.always(name + "-host", call::status, fault::dead());
    }
}

}  // namespace

TEST_CASE("two thousand tunnels that are due at once all rotate, never more than max_in_flight at a time") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = GENERATE(1u, 8u, 64u);
    world.add_due_tunnels("t", "acme", 2000);
    world.start();
    world.run_for(2min);
    CHECK(world.rotated("t", 2000) == 2000);
    CHECK(world.wire.most_under_way(call::regenerate) == world.draft.cloud.max_in_flight);
    CHECK(world.wire.sent(call::regenerate) == 2000);
    CHECK(world.wire.sent(call::status) == 2000);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE("three hundred dead instances do not delay fifty good ones") {
    tests::fake_world world;
    const bool swallow = GENERATE(true, false);
    world.add_due_tunnels("dead", "acme", 300);
    world.add_due_tunnels("good", "acme", 50);
    for (unsigned i = 0; i < 300; ++i)
        world.wire.always("dead" + std::to_string(i) + "-host", swallow ? call::status : call::whoami,
                          swallow ? fault::dead() : fault::hangs());
    world.start();
    world.run_for(5s);
    CHECK(world.rotated("good", 50) == 50);
    world.run_for(24h);
    CHECK(world.wire.sent(call::regenerate) == 50);
    CHECK(world.all_in_step());
}

TEST_CASE("however many instances of one organization are dead, another's rotations begin when they are due") {
    tests::fake_world world;
    world.draft.cloud.requests_per_minute = 100'000;
    add_dead_tunnels(world, "dead", "acme", 2000);
    for (unsigned i = 0; i < 10; ++i)
        world.add_tunnel("good" + std::to_string(i), "other").schedule.every = 2min;
    world.start();
    world.run_for(2min - 1s);
    REQUIRE(world.wire.most_under_way(call::status) > 900);  // all that one of two organizations may have
    world.run_for(2s);
    CHECK(world.rotated("good", 10) == 10);
    CHECK(world.wire.most_under_way(call::status) <= 1280);
}

TEST_CASE(
    "an organization that a reload brings need not wait for the dead instances of the one that was alone") {
    tests::fake_world world;
    world.draft.cloud.requests_per_minute = 100'000;
    add_dead_tunnels(world, "dead", "acme", 2000);
    world.start();
    world.run_for(1min);
    REQUIRE(world.wire.most_under_way(call::status) == 1280);  // nobody else needs them
    world.add_due_tunnels("good", "other", 10);
    world.reload();
    world.run_for(1s);
    CHECK(world.rotated("good", 10) == 10);
}

TEST_CASE("an organization with dead instances of its own waits for those, and not for another's") {
    tests::fake_world world;
    world.draft.cloud.requests_per_minute = 100'000;
    add_dead_tunnels(world, "dead", "acme", 2000);
    world.start();
    world.run_for(1min);
    add_dead_tunnels(world, "lame", "other", 300);
    world.add_due_tunnels("good", "other", 10);
    world.reload();
    world.run_for(15s);  // a few times the two seconds after which a preflight makes room
    CHECK(world.rotated("good", 10) == 10);
}

TEST_CASE("an instance that is not RUNNING is never regenerated for, and asked with patience") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    auto& product = world.at_instance("jira");
    product.state = GENERATE(as<std::string>(), "MAINTENANCE", "STARTING");
    product.state_status = product.state == "MAINTENANCE" ? 503 : 200;
    world.start();
    world.run_for(24h);
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(world.wire.sent(call::status) < 100);
    CHECK(world.wire.sent(call::status) > 20);
    product.state = "RUNNING";
    product.state_status = 200;
    world.run_for(61min);
    CHECK(world.rotated("jira") == 1);
}

TEST_CASE("a wrong token is never regenerated for, and tried once an hour, lest the account be locked") {
    tests::fake_world world;
    world.add_tunnel("jira").schedule.first = core::first_rotation::now;
    world.at_instance("jira").authorization = "Bearer another";
    world.start();
    world.run_for(24h);
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(world.wire.sent(call::whoami) <= 25);
    CHECK(world.wire.sent(call::whoami) >= 23);
}

TEST_CASE("a permit goes to an open gap before it goes to calm work") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 1;
    world.add_due_tunnels("gap", "other", 1);
    world.add_due_tunnels("t", "acme", 100);
    world.wire.script("gap0-host", call::regenerate, fault::lost_before());
    world.wire.chance = [](const std::string& target, call what) {
        auto how = slow(2s);
        if (what != call::regenerate || target == "gap0-host")
            return fault{};
        how.what = fault::kind::answer;
        how.status = 404;
        return how;
    };
    world.start();
    world.run_for(6s);  // the backoff of at most 1 s, and at most one request of another
    CHECK(world.in_step("gap0"));
    CHECK(world.rotated("gap0") == 1);
    world.wire.heal_all();
    world.run_for(4h);
    CHECK(world.all_in_step());
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE("nobody starves where requests are slow and permits few") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 2;
    world.add_due_tunnels("t", "acme", 100);
    for (unsigned i = 0; i < 100; ++i)
        world.tunnel("t" + std::to_string(i)).schedule.every = 1min;
    world.wire.chance = [](const std::string&, call what) {
        auto how = fault::answer(409);  // refused, after a while
        how.heard_after = 20s;
        return what == call::regenerate ? how : fault{};
    };
    world.start();
    world.run_for(6h);  // 2160 requests
    for (unsigned i = 0; i < 100; ++i)
        CHECK(world.wire.sent("t" + std::to_string(i) + "-host", call::regenerate) >= 3);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE("a tunnel whose install hangs keeps no permit and delays nobody") {
    tests::fake_world world;
    world.draft.cloud.max_in_flight = 1;
    world.add_due_tunnels("stuck", "acme", 20);
    world.add_due_tunnels("good", "acme", 20);
    for (unsigned i = 0; i < 20; ++i)
        world.wire.always("stuck" + std::to_string(i) + "-host", call::install, fault::hangs());
    world.start();
    world.run_for(5s);
    CHECK(world.rotated("good", 20) == 20);
    CHECK(world.supervisor().open_gaps().size() == 20);
    world.wire.heal_all();
    world.run_for(1h);
    CHECK(world.all_in_step());
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.wire.sent(call::regenerate) == 40);
}

TEST_CASE("swapped tunnels are held: nothing is sent, others go on, and a restart changes nothing") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 3);
    std::swap(world.at_cloud("t0").on_premise_url, world.at_cloud("t1").on_premise_url);
    world.start();
    world.run_for(30min);
    CHECK(world.log.count("rotation.held") == 2);
    CHECK(world.wire.sent(call::install) == 1);
    CHECK(world.rotated("t2") == 1);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"t0", "t1"});
    world.crash();
    world.run_for(10min);
    CHECK(world.wire.sent(call::install) == 1);
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"t0", "t1"});
}

TEST_CASE("a held tunnel goes on when the configuration is put right before a restart") {
    tests::fake_world world;
    world.add_due_tunnels("t", "acme", 1);
    world.tunnel("t0").instance.on_premise_url = core::parse_base_url("https://elsewhere.example");
    world.start();
    world.run_for(10min);
    CHECK(world.log.count("rotation.held") == 1);
    CHECK(world.wire.sent(call::install) == 0);
    world.tunnel("t0").instance.on_premise_url = core::parse_base_url("https://t0.example/");
    world.crash();
    world.run_for(10min);
    CHECK(world.in_step("t0"));
    CHECK(world.wire.sent(call::regenerate) == 1);
    CHECK(world.broken() == std::vector<std::string>{});
}
