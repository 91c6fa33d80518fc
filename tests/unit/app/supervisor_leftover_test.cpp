#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

// Tunnels that the configuration lost while their key gap was open.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

struct fixture {
    fixture() {
        world.add_tunnel("gone").schedule.first = core::first_rotation::now;
        world.add_tunnel("other");
    }

    /// Its gap is open: with a sealed key, or after an unknown regenerate.
    void open_gap(call at) {
        world.wire.always("gone-host", at, at == call::install ? fault::answer(503) : fault::lost_before());
        world.start();
        world.run_for(1min);
        REQUIRE(world.record("gone").open);
        world.kill();
        world.wire.heal_all();
    }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a tunnel removed while its gap was open is finished from its snapshot, and then left") {
    const auto at = GENERATE(call::install, call::regenerate);
    open_gap(at);
    world.remove_tunnel("gone");
    world.start();
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"gone"});
    world.run_for(20min);
    CHECK(world.in_step("gone"));
    const unsigned rotations = at == call::regenerate ? 2 : 1;  // what was unknown is confirmed
    CHECK(world.rotated("gone") == rotations);
    CHECK_FALSE(world.record("gone").confirmation_owed);
    CHECK(world.supervisor().open_gaps().empty());
    world.run_for(std::chrono::days(100));
    CHECK(world.rotated("gone") == rotations);
    CHECK(world.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(fixture, "a leftover's unknown is an outage until it is resolved") {
    open_gap(call::regenerate);
    world.wire.always("gone-host", call::regenerate, fault::lost_before());
    world.remove_tunnel("gone");
    world.tunnel("other").schedule.first = core::first_rotation::now;
    world.start();
    world.run_for(1h);
    CHECK(world.rotated("other") == 0);
    world.wire.heal_all();
    world.run_for(20min);
    CHECK(world.in_step("gone"));
    CHECK(world.rotated("other") == 1);
}

TEST_CASE_METHOD(fixture,
                 "a leftover whose instance has another owner now is orphaned: its key is sent nowhere") {
    const auto at = GENERATE(call::install, call::regenerate);
    open_gap(at);
    const auto installs = world.wire.sent(call::install);
    const auto regenerates = world.wire.sent(call::regenerate);
    world.tunnel("gone").hostname = "successor-host";
    world.start();
    world.run_for(1h);
    CHECK(world.log.count("tunnel.orphaned", "gone") == 1);
    CHECK(world.supervisor().open_gaps().empty());
    CHECK(world.wire.sent("gone-host", call::install) == installs);
    CHECK(world.wire.sent("gone-host", call::regenerate) == regenerates);
    CHECK(world.record("gone").open);
}

TEST_CASE_METHOD(fixture, "an orphan's unknown is no outage") {
    open_gap(call::regenerate);
    world.remove_tunnel("gone");
    world.snapshots_unreadable = true;
    world.tunnel("other").schedule.first = core::first_rotation::now;
    world.start();
    world.run_for(1min);
    CHECK(world.log.count("tunnel.orphaned", "gone") == 1);
    CHECK(world.rotated("other") == 1);
    CHECK(world.record("gone").open);
}

TEST_CASE_METHOD(fixture, "an orphan is taken up again when its tunnel is put back") {
    open_gap(call::install);
    auto saved = world.tunnel("gone");
    world.remove_tunnel("gone");
    world.snapshots_unreadable = true;
    world.start();
    world.run_for(1min);
    world.draft.tunnels.push_back(saved);
    world.crash();
    world.run_for(1min);
    CHECK(world.in_step("gone"));
    CHECK(world.wire.sent("gone-host", call::regenerate) == 1);
}

TEST_CASE_METHOD(fixture, "a renamed tunnel keeps its state") {
    open_gap(call::install);
    world.tunnel("gone").name = "renamed";
    world.start();
    CHECK(world.supervisor().open_gaps() == std::vector<std::string>{"renamed"});
    world.run_for(1min);
    CHECK(world.in_step("gone"));
    CHECK(world.wire.sent("gone-host", call::regenerate) == 1);
}

TEST_CASE_METHOD(fixture, "a new instance.url gets the pending key, after guards and preflight") {
    open_gap(call::install);
    const auto url = core::parse_base_url("https://moved.example");
    world.tunnel("gone").instance.url = *url;
    world.instances.products[url->text()] = world.at_instance("gone");
    world.instances.before_install = nullptr;  // it knows where instances were at first
    world.record_calls = true;
    world.start();
    world.run_for(1min);
    CHECK(world.instances.products[url->text()].key == world.at_cloud("gone").key);
    CHECK(world.wire.sent(call::regenerate) == 1);
    CHECK(std::count(world.calls.begin(), world.calls.end(), "whoami") == 1);
}

TEST_CASE_METHOD(fixture, "an orphan counts in run --once, which cannot say that all is done") {
    open_gap(call::install);
    world.tunnel("gone").hostname = "successor-host";
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().orphaned == 1);
}

TEST_CASE_METHOD(fixture, "a leftover counts in run --once until it is finished") {
    open_gap(call::install);
    world.remove_tunnel("gone");
    world.start_once();
    REQUIRE(world.run_until_quiet());
    CHECK(world.supervisor().result().rotated == 1);
    CHECK(world.supervisor().result().unfinished == 0);
    CHECK(world.in_step("gone"));
}
