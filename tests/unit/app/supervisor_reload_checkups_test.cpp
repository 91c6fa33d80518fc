#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

// What a person has mended is looked at after a reload, where no rotation is due that would see it.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

using lines = std::vector<std::string>;

struct fixture {
    fixture() { world.add_tunnel("jira").instance.preflight.every = 24h; }
    [[nodiscard]] lines problems() const {
        const auto seen = world.shown("jira");
        lines codes;
        for (const auto& each : seen->problems)
            codes.emplace_back(each.code);
        return codes;
    }
    void let_token_end() { world.at_instance("jira").authorization = "Bearer s3cr3t-better"; }
    void renew_token() { world.secrets.values["jira-pat"] = "s3cr3t-better"; }
    [[nodiscard]] std::uint64_t logins() const { return world.wire.sent("jira-host", call::whoami); }

    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture, "what a person's own rotation failed for is looked at at once after a reload") {
    const bool refused = GENERATE(true, false);
    const bool restarted = GENERATE(false, true);
    CAPTURE(refused, restarted);
    if (refused)
        let_token_end();
    else
        world.secrets.values.erase("jira-pat");
    world.start();
    world.supervisor().rotate("jira", "root");
    world.run_for(5s);
    REQUIRE(problems() == lines{refused ? "credentials_refused" : "secret_unreadable"});
    if (restarted)
        world.crash();
    let_token_end();
    renew_token();
    const auto before = logins();
    world.reload();
    world.run_for(1s);
    CHECK(problems().empty());
    CHECK(logins() == before + 1);
    CHECK(world.wire.sent(call::regenerate) == 0);
    CHECK(world.log.count("health.recovered", "jira") == 1);
}

TEST_CASE_METHOD(fixture, "what stands after a reload is told again after one look, and no sooner than ever") {
    let_token_end();
    world.start();
    world.supervisor().rotate("jira", "root");
    world.run_for(5s);
    const auto before = logins();
    world.reload();
    world.run_for(55min);
    CHECK(problems() == lines{"credentials_refused"});
    CHECK(logins() == before + 1);
    CHECK(world.log.count("health.degraded", "jira") == 1);
    CHECK(world.log.count("health.recovered", "jira") == 0);
}

TEST_CASE_METHOD(fixture, "a secret that a check could not read is looked at at once after a reload") {
    world.secrets.values.erase("jira-pat");
    world.start();
    world.run_for(1h);
    REQUIRE(problems() == lines{"secret_unreadable"});
    let_token_end();
    renew_token();
    world.reload();
    world.run_for(1s);
    CHECK(problems().empty());
}

TEST_CASE_METHOD(fixture, "an API key that only a regenerate was refused is looked at at once after a reload") {
    world.start();
    world.wire.script("jira-host", call::regenerate, fault::answer(401));
    world.supervisor().rotate("jira", "root");
    world.run_for(5s);
    REQUIRE(problems() == lines{"api_key_refused"});
    const auto asked = world.wire.sent(call::organization);
    world.reload();
    world.run_for(1s);
    CHECK(world.wire.sent(call::organization) == asked + 1);
    CHECK(problems().empty());
}

TEST_CASE_METHOD(fixture, "a refusal of before a reload that comes after it is looked at at once") {
    let_token_end();
    auto slow = fault::answer(401);
    slow.heard_after = 5s;
    world.wire.script("jira-host", call::whoami, slow);
    world.start();
    world.supervisor().rotate("jira", "root");
    world.run_for(1s);
    renew_token();
    world.reload();
    world.run_for(5s);
    CHECK(logins() == 2);
    REQUIRE(world.shown("jira")->preflight);
    CHECK_FALSE(world.shown("jira")->preflight->failure);
    CHECK(problems().empty());
}

TEST_CASE("after a reload not all are looked at at the same moment") {
    tests::fake_world world;
    for (unsigned i = 0; i < 60; ++i) {
        auto& tunnel = world.add_tunnel("t" + std::to_string(i));
        tunnel.instance.preflight.every = 24h;
        world.at_instance(tunnel.name).authorization = "Bearer another";
    }
    world.start();
    for (const auto& each : world.draft.tunnels)
        world.supervisor().rotate(each.name, "root");
    world.run_for(1min);
    const auto logins = world.wire.sent(call::whoami);
    std::uint64_t most = 0;
    std::uint64_t under_way = 0;
    world.wire.leaving = [&](const std::string&, call what) {
        if (what == call::whoami)
            most = std::max(most, ++under_way);
    };
    world.wire.heard = [&](const std::string&, call what, const core::exchange&) {
        under_way -= what == call::whoami;
    };
    world.reload();
    world.run_for(1min);
    CHECK(world.wire.sent(call::whoami) == logins + 60);
    CHECK(most <= 16);
    CHECK(world.log.count("health.degraded") == 60);
}
