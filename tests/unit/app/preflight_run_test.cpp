#include "app/preflight_run.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;
using check = core::preflight_failure::check;

namespace {

struct outcome {
    unsigned ended = 0;
    std::optional<core::preflight_failure> failure;
};

outcome run(tests::fake_world& world) {
    const app::outside outside{world.loop,      world.random, world.secrets, world.journal,     world.cloud,
                               world.instances, world.log,    world.metrics, world.certificates};
    app::organization_desk desk(outside, 300, [] {});
    outcome result;
    app::preflight_run preflight(outside, desk, std::make_shared<core::tunnel>(world.tunnel("jira")),
                                 [&](std::optional<core::preflight_failure> failure) {
                                     ++result.ended;
                                     result.failure = std::move(failure);
                                 });
    world.record_calls = true;
    preflight.start();
    world.run_for(5min);
    CHECK(result.ended == 1);
    return result;
}

check failed_at(tests::fake_world& world) {
    const auto result = run(world);
    REQUIRE(result.failure);
    CHECK_FALSE(result.failure->problem.empty());
    CHECK_FALSE(
        (result.failure->remedy.empty() && result.failure->at != core::preflight_failure::check::secret));
    return result.failure->at;
}

struct fixture {
    fixture() { world.add_tunnel("jira"); }
    tests::fake_world world;
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a preflight asks the store, the secrets, the cloud and the instance, in this order") {
    CHECK_FALSE(run(world).failure);
    CHECK(world.calls == std::vector<std::string>{"probe", "secret jira-pat", "secret acme-api-key",
                                                  "organization", "status", "whoami"});
}

TEST_CASE_METHOD(fixture, "a preflight reads what the ways need before it asks anybody") {
    const std::string missing = "cannot read tls.client_key /k.pem: Permission denied";
    SECTION("on the way to the cloud") {
        world.cloud.missing = missing;
    }
    SECTION("on the way to the instance") {
        world.instances.missing = missing;
    }
    const auto result = run(world);
    REQUIRE(result.failure);
    CHECK(result.failure->at == check::secret);
    CHECK(result.failure->problem == missing);
    CHECK(world.calls == std::vector<std::string>{"probe", "secret jira-pat"});
}

TEST_CASE_METHOD(fixture, "a preflight ends at the first check that fails") {
    SECTION("the store") {
        world.journal.probe_fails = true;
        CHECK(failed_at(world) == check::store);
        CHECK(world.calls.size() == 1);
    }
    SECTION("the instance's credentials cannot be read") {
        world.secrets.values.erase("jira-pat");
        CHECK(failed_at(world) == check::secret);
        CHECK(world.calls.size() == 2);
    }
    SECTION("the API key cannot be read") {
        world.secrets.values.erase("acme-api-key");
        CHECK(failed_at(world) == check::secret);
        CHECK(world.calls.size() == 3);
    }
    SECTION("the instance's credentials cannot be sent") {
        world.secrets.values["jira-pat"] += " ";
        CHECK(failed_at(world) == check::secret);
        CHECK(world.calls.size() == 2);
    }
    SECTION("the API key cannot be sent") {
        world.secrets.values["acme-api-key"] = "k\xc3\xa4";
        CHECK(failed_at(world) == check::secret);
        CHECK(world.calls.size() == 3);
        CHECK(world.wire.sent(call::organization) == 0);
    }
    SECTION("the API key is bad") {
        world.cloud.api_keys["acme-id"] = "another";
        CHECK(failed_at(world) == check::api_key);
        CHECK(world.wire.sent(call::status) == 0);
    }
    SECTION("the instance is not RUNNING") {
        const auto state = GENERATE(as<std::string>(), "STARTING", "STOPPING", "FIRST_RUN", "ERROR", "");
        world.at_instance("jira").state = state;
        CHECK(failed_at(world) == check::instance);
        CHECK(world.wire.sent(call::whoami) == 0);
    }
    SECTION("the instance cannot be reached") {
        world.wire.always("jira-host", call::status, fault::dead());
        CHECK(failed_at(world) == check::instance);
    }
    SECTION("the instance does not know us") {
        world.at_instance("jira").authorization = "Bearer another";
        CHECK(failed_at(world) == check::credentials);
    }
}

TEST_CASE_METHOD(fixture, "checks that are turned off are not made") {
    auto& checks = world.tunnel("jira").instance.preflight;
    checks.status = GENERATE(true, false);
    checks.credentials = GENERATE(true, false);
    CHECK_FALSE(run(world).failure);
    CHECK(world.wire.sent(call::status) == checks.status);
    CHECK(world.wire.sent(call::whoami) == checks.credentials);
}

TEST_CASE_METHOD(fixture, "an instance without whoami passes") {
    world.wire.always("jira-host", call::whoami, fault::answer(404));
    CHECK_FALSE(run(world).failure);
}

TEST_CASE_METHOD(fixture, "whatever the cloud answers but 401 passes") {
    const auto how = GENERATE(as<fault>(), fault::answer(403), fault::answer(404), fault::answer(500),
                              fault::answer(429), fault::no_connection(), fault::hangs());
    world.wire.always("acme-id", call::organization, how);
    CHECK_FALSE(run(world).failure);
}
