#include "core/organization_gate.hpp"
#include "settings_fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;

namespace {

struct gate_at_a_time {
    organization_gate gate;
    moment now{testing::start_of_time, steady_time(1000h)};
    retry_policy retry;

    duration waits(urgency how) const { return gate.opens_at(how, now) - now.steady; }
    void pass(duration length) {
        now.wall += length;
        now.steady += length;
    }
};

const identity jira{"acme", "jira"};
const identity wiki{"acme", "wiki"};

}  // namespace

TEST_CASE("an organization without trouble is open to all") {
    gate_at_a_time t;
    t.gate.enter(t.now);
    for (const auto how : {urgency::calm, urgency::requested, urgency::open_gap})
        CHECK(t.waits(how) == 0ms);
    CHECK_FALSE(t.gate.outage());
    CHECK_FALSE(t.gate.is_api_key_refused());
}

TEST_CASE("a 429 closes the organization for as long as the cloud says") {
    gate_at_a_time t;
    t.gate.rate_limited(t.now, 10min);
    for (const auto how : {urgency::calm, urgency::requested, urgency::open_gap})
        CHECK(t.waits(how) == 10min);
    t.pass(9min);
    CHECK(t.waits(urgency::open_gap) == 1min);
    t.pass(1min);
    for (const auto how : {urgency::calm, urgency::requested, urgency::open_gap})
        CHECK(t.waits(how) == 0ms);
}

TEST_CASE("a 429 is honoured up to 24 h while the key is untouched, and up to 1 h while the gap is open") {
    gate_at_a_time t;
    t.gate.rate_limited(t.now, 1000h);
    CHECK(t.waits(urgency::calm) == 24h);
    CHECK(t.waits(urgency::requested) == 24h);
    CHECK(t.waits(urgency::open_gap) == 1h);
    t.pass(1h);
    CHECK(t.waits(urgency::open_gap) == 0ms);
    CHECK(t.waits(urgency::calm) == 23h);
}

TEST_CASE("a 429 that names no length is taken for a minute, and shortens no longer pause") {
    gate_at_a_time t;
    t.gate.rate_limited(t.now, std::nullopt);
    CHECK(t.waits(urgency::calm) == 1min);
    t.gate.rate_limited(t.now, 10min);
    t.pass(1min);
    t.gate.rate_limited(t.now, std::nullopt);
    CHECK(t.waits(urgency::calm) == 9min);
    t.gate.rate_limited(t.now, 2min);  // the cloud's latest word counts
    CHECK(t.waits(urgency::calm) == 2min);
}

TEST_CASE("a cloud 401 makes calm tunnels wait for calm's maximum and open gaps for a slow backoff") {
    gate_at_a_time t;
    t.gate.api_key_refused(t.now, t.retry, 0.5);
    CHECK(t.gate.is_api_key_refused());
    CHECK(t.waits(urgency::calm) == 1h);
    CHECK(t.waits(urgency::open_gap) == 30s);
    t.gate.api_key_refused(t.now, t.retry, 0.5);
    CHECK(t.waits(urgency::open_gap) == 1min);
    for (int i = 0; i < 20; ++i)
        t.gate.api_key_refused(t.now, t.retry, 0.5);
    CHECK(t.waits(urgency::open_gap) == 7min + 30s);
}

TEST_CASE("while the API key is refused the tunnels take turns: one probe, the others wait for its outcome") {
    gate_at_a_time t;
    t.gate.api_key_refused(t.now, t.retry, 0.5);
    t.pass(1h);
    CHECK(t.waits(urgency::calm) == 0ms);
    t.gate.enter(t.now);
    CHECK(t.waits(urgency::calm) > 0ms);
    CHECK(t.waits(urgency::open_gap) > 0ms);

    SECTION("refused again, they wait again") {
        t.gate.api_key_refused(t.now, t.retry, 0.5);
        CHECK(t.waits(urgency::calm) == 1h);
    }
    SECTION("accepted, all may go") {
        CHECK(t.gate.api_key_accepted());
        for (const auto how : {urgency::calm, urgency::requested, urgency::open_gap})
            CHECK(t.waits(how) == 0ms);
        CHECK_FALSE(t.gate.is_api_key_refused());
        CHECK_FALSE(t.gate.api_key_accepted());
    }
    SECTION("never heard of again, the next one's turn comes") {
        t.pass(1min);
        CHECK(t.waits(urgency::calm) == 0ms);
        CHECK(t.waits(urgency::open_gap) == 0ms);
    }
}

TEST_CASE("an accepted API key does not lift a 429") {
    gate_at_a_time t;
    t.gate.rate_limited(t.now, 10min);
    t.gate.api_key_refused(t.now, t.retry, 0.5);
    t.gate.api_key_accepted();
    CHECK(t.waits(urgency::calm) == 10min);
}

TEST_CASE("a request does not wait for the API key's pause") {
    gate_at_a_time t;
    t.gate.api_key_refused(t.now, t.retry, 0.5);
    CHECK(t.waits(urgency::requested) == 0ms);
    t.gate.enter(t.now);
    CHECK(t.waits(urgency::requested) == 0ms);
}

TEST_CASE("while the latest regenerate was unknown there is an outage, until one ends otherwise") {
    gate_at_a_time t;
    t.gate.regenerate_ended(jira, true);
    CHECK(t.gate.outage());
    CHECK(t.waits(urgency::open_gap) == 0ms);
    CHECK(t.waits(urgency::requested) == 0ms);
    t.gate.regenerate_ended(wiki, true);
    CHECK(t.gate.outage());
    t.gate.regenerate_ended(jira, false);
    CHECK_FALSE(t.gate.outage());
}
