#include "app/organization_desk.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

/// A desk in a world without a supervisor.
struct desk_in_a_world {
    desk_in_a_world() { settings = world.add_tunnel("jira"); }

    void ask() {
        desk.check_api_key(settings.organization, settings.retry,
                           [this](std::optional<core::preflight_failure> failure) {
                               ++answers;
                               failures += failure.has_value();
                           });
    }
    [[nodiscard]] std::uint64_t requests() const { return world.wire.sent(call::organization); }

    tests::fake_world world;
    core::tunnel settings;
    app::outside outside{world.loop,      world.random, world.secrets, world.journal,     world.cloud,
                         world.instances, world.log,    world.metrics, world.certificates};
    unsigned reopened = 0;
    app::organization_desk desk{outside, 300, [this] { ++reopened; }};
    unsigned answers = 0;
    unsigned failures = 0;
};

}  // namespace

TEST_CASE("tunnels that ask at one time share one question") {
    desk_in_a_world all;
    for (int i = 0; i < 50; ++i)
        all.ask();
    all.world.run_for(1s);
    CHECK(all.answers == 50);
    CHECK(all.failures == 0);
    CHECK(all.requests() == 1);
}

TEST_CASE("a good answer lasts for ten seconds, a bad one for none") {
    desk_in_a_world all;
    all.ask();
    all.world.run_for(9s);
    all.ask();
    CHECK(all.answers == 2);
    CHECK(all.requests() == 1);
    all.world.run_for(2s);
    all.world.cloud.api_keys["acme-id"] = "another";
    all.ask();
    all.world.run_for(1s);
    all.ask();
    all.world.run_for(1s);
    CHECK(all.requests() == 3);
    CHECK(all.failures == 2);
}

TEST_CASE("a changed reference to the API key asks anew, even while the old one is asked about") {
    desk_in_a_world all;
    all.ask();
    all.settings.organization.api_key.value = "new-api-key";
    all.world.secrets.values["new-api-key"] = "s3cr3t-wrong";
    all.ask();
    all.world.run_for(1s);
    CHECK(all.requests() == 2);
    CHECK(all.answers == 2);
    CHECK(all.failures == 1);
    all.ask();
    all.world.run_for(1s);
    CHECK(all.failures == 2);  // the old key's good answer does not stand for the new key
}

TEST_CASE("an API key that cannot be read is a failure without a request") {
    desk_in_a_world all;
    all.world.secrets.values.erase("acme-api-key");
    all.ask();
    CHECK(all.failures == 1);
    CHECK(all.requests() == 0);
    CHECK_FALSE(all.desk.gate.is_api_key_refused());
}

TEST_CASE("a 401 pauses the organization, and a good answer reopens it") {
    desk_in_a_world all;
    all.world.wire.script("acme-id", call::organization, fault::answer(401));
    all.ask();
    all.world.run_for(1s);
    CHECK(all.desk.gate.is_api_key_refused());
    CHECK(all.reopened == 0);
    all.ask();
    all.world.run_for(1s);
    CHECK_FALSE(all.desk.gate.is_api_key_refused());
    CHECK(all.reopened == 1);
}

TEST_CASE("an answer that says nothing of the API key does not end its refusal") {
    desk_in_a_world all;
    all.world.wire.script("acme-id", call::organization, fault::answer(401));
    const auto other = GENERATE(as<fault>(), fault::answer(503), fault::answer(429), fault::no_connection(),
                                fault::hangs(), fault::answer(502));
    all.world.wire.script("acme-id", call::organization, other);
    all.ask();
    all.world.run_for(1s);
    all.ask();
    all.world.run_for(2min);
    CHECK(all.failures == 1);  // all but a 401 passes
    CHECK(all.desk.gate.is_api_key_refused());
    CHECK(all.reopened == 0);
}

TEST_CASE("a 429 on the question passes, and pauses the organization for as long as it says") {
    desk_in_a_world all;
    all.world.wire.script("acme-id", call::organization, fault::answer(429, "120"));
    all.ask();
    all.world.run_for(1s);
    CHECK(all.failures == 0);
    const auto now = all.world.loop.now();
    const auto wait = all.desk.gate.opens_at(core::urgency::calm, now) - now.steady;
    CHECK(wait > 118s);
    CHECK(wait <= 120s);
}
