#include "core/schedule/due.hpp"
#include "core/schedule/jitter.hpp"
#include "cron_fixture.hpp"
#include "settings_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::minutes;

namespace {

constexpr std::uint8_t saturday = 1 << 6;

tunnel_record record_of(const std::string& hostname, std::optional<wall_time> last_success) {
    tunnel_record record;
    record.id = {"org", hostname};
    record.first_seen = start_of_time - days(100);
    record.last_success = last_success;
    return record;
}

/// Saturdays from 2 to 6 o'clock, by cron or each 30 days.
schedule on_saturdays(std::optional<std::string> expression) {
    schedule plan;
    plan.jitter = 1h;
    plan.windows = {{saturday, 120min, 360min}};
    if (expression)
        plan.cron = cron_of(*expression);
    return plan;
}

schedule random_plan(std::mt19937& chance) {
    const auto among = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(chance);
    };
    schedule plan;
    plan.zone = zone_of(among(0, 1) == 0 ? "Europe/Berlin" : "Australia/Lord_Howe");
    plan.every = minutes(among(60, 60 * 24 * 40));
    plan.jitter = among(0, 4) == 0 ? 0ms : duration(minutes(among(1, 600)));
    if (among(0, 1) == 0)
        plan.cron = cron_of(std::to_string(among(0, 59)) + " " + std::to_string(among(0, 23)) + " * * " +
                            std::to_string(among(0, 7)));
    for (int count = among(1, 3); count > 0; --count)
        plan.windows.push_back(
            {static_cast<std::uint8_t>(among(1, 127)), minutes(among(0, 1439)), minutes(among(1, 1440))});
    return plan;
}

bool is_open(const schedule& plan, wall_time at) {
    return next_opening(plan.windows, plan.zone, at).has(at);
}

}  // namespace

TEST_CASE("a due time within a window stays, and one outside waits for the next opening, plus jitter") {
    // 5 December 2026 is a Saturday.
    const auto inside = on_saturdays("0 3 * * sat");
    const auto record = record_of("host", utc("2026-12-02T00:00:00Z"));
    const auto due = next_due(inside, record, 1, start_of_time);
    CHECK(due.occurrence == utc("2026-12-05T03:00:00Z"));
    CHECK(due.at == due.occurrence + jitter_of(record.id, due.occurrence, 1h, 1));

    for (const auto* expression : {"0 12 3 * *", "59 1 5 * *"}) {
        const auto late = next_due(on_saturdays(expression), record, 1, start_of_time);
        CHECK(late.at == utc("2026-12-05T02:00:00Z") + jitter_of(record.id, late.occurrence, 1h, 1));
    }
    const auto missed = next_due(on_saturdays("0 6 5 * *"), record, 1, start_of_time);
    CHECK(missed.occurrence == utc("2026-12-05T06:00:00Z"));
    CHECK(missed.at == utc("2026-12-12T02:00:00Z") + jitter_of(record.id, missed.occurrence, 1h, 1));
}

TEST_CASE("`every` with windows waits for the opening in the same way") {
    const auto due =
        next_due(on_saturdays({}), record_of("host", utc("2026-11-02T00:00:00Z")), 1, start_of_time);
    CHECK(due.occurrence == utc("2026-12-02T00:00:00Z"));
    CHECK((due.at >= utc("2026-12-05T02:00:00Z") && due.at <= utc("2026-12-05T03:00:00Z")));
}

TEST_CASE("cron and windows go by the clocks of the plan's zone") {
    auto plan = on_saturdays("30 4 * * sat");
    plan.jitter = 0ms;
    plan.zone = zone_of("America/New_York");
    const auto record = record_of("host", utc("2026-12-02T00:00:00Z"));
    CHECK(next_due(plan, record, 1, start_of_time).at == utc("2026-12-05T09:30:00Z"));
    plan.cron = cron_of("30 1 * * sat");
    const auto due = next_due(plan, record, 1, start_of_time);
    CHECK(due.occurrence == utc("2026-12-05T06:30:00Z"));
    CHECK(due.at == utc("2026-12-05T07:00:00Z"));
}

TEST_CASE("jitter near the end of a window shrinks, and leaves the last minute") {
    const auto plan = on_saturdays("30 5 * * sat");
    std::set<wall_time> seen;
    for (int i = 0; i < 500; ++i) {
        const auto due = next_due(plan, record_of(std::to_string(i), utc("2026-12-02T00:00:00Z")), 1, {});
        CHECK((due.at >= utc("2026-12-05T05:30:00Z") && due.at <= utc("2026-12-05T05:59:00Z")));
        seen.insert(due.at);
    }
    CHECK(*seen.begin() < utc("2026-12-05T05:32:00Z"));
    CHECK(*seen.rbegin() > utc("2026-12-05T05:57:00Z"));
}

TEST_CASE("random plans: due within a window, at the occurrence or later, and the same after a restart") {
    std::mt19937 chance(3);
    for (int i = 0; i < 3'000; ++i) {
        const auto plan = random_plan(chance);
        const auto last = start_of_time + minutes(std::uniform_int_distribution<int>(0, 600'000)(chance));
        const auto record = record_of(std::to_string(i), last);
        const auto due = next_due(plan, record, 42, start_of_time);
        INFO(i);
        CHECK(due.occurrence > last);
        CHECK(due.at >= due.occurrence);
        CHECK(is_open(plan, due.at));
        const auto opened =
            std::max(due.occurrence, next_opening(plan.windows, plan.zone, due.occurrence).from);
        CHECK(due.at - opened <= plan.jitter);
        for (const auto started_at : {last, due.occurrence + 1ms, due.at, due.at + 1ms, due.at + days(3)}) {
            const auto again = next_due(plan, record, 42, started_at);
            CHECK(again.at == due.at);
            CHECK(again.occurrence == due.occurrence);
            CHECK(again.why == (due.at < started_at ? reason::catch_up : reason::scheduled));
        }
    }
}

TEST_CASE("random plans: an occurrence that succeeded does not come again") {
    std::mt19937 chance(4);
    for (int i = 0; i < 500; ++i) {
        const auto plan = random_plan(chance);
        auto record = record_of(std::to_string(i), start_of_time);
        auto due = next_due(plan, record, 42, start_of_time);
        for (int times = 0; times < 10; ++times) {
            record.last_success = due.at + 7s;
            const auto next = next_due(plan, record, 42, start_of_time);
            INFO(i << ", " << times);
            CHECK(next.occurrence > due.at);
            CHECK(next.at > due.at);
            due = next;
        }
    }
}

TEST_CASE("random plans: what is due never begins outside a window, early, or later when asked again") {
    std::mt19937 chance(5);
    for (int i = 0; i < 3'000; ++i) {
        const auto plan = random_plan(chance);
        const auto record = record_of(std::to_string(i), start_of_time);
        const auto due = next_due(plan, record, 42, start_of_time);
        const auto now = due.at + minutes(std::uniform_int_distribution<int>(-3'000, 20'000)(chance));
        const auto begins = may_begin_at(plan, record.id, due, now, 42);
        INFO(i);
        CHECK((begins >= due.at && begins >= now));
        CHECK(is_open(plan, begins));
        CHECK(begins < next_opening(plan.windows, plan.zone, std::max(now, due.at)).to);
        // Who waits for that and asks then is let in; who asks between gets the same answer.
        CHECK(may_begin_at(plan, record.id, due, begins, 42) == begins);
        CHECK(may_begin_at(plan, record.id, due, std::max(now, begins - 1min), 42) == begins);
    }
}

TEST_CASE("within the opening in which it was due a rotation begins at once") {
    const auto plan = on_saturdays("0 3 * * sat");
    const due_time due{utc("2026-12-05T03:20:00Z"), reason::scheduled, utc("2026-12-05T03:00:00Z")};
    for (const auto* now : {"2026-12-05T03:20:00Z", "2026-12-05T04:00:00Z", "2026-12-05T05:59:59Z"})
        CHECK(may_begin_at(plan, {"org", "host"}, due, utc(now), 1) == utc(now));
    CHECK(may_begin_at(plan, {"org", "host"}, due, utc("2026-12-05T01:00:00Z"), 1) == due.at);
    // What is due at the very opening, as `first: now` is, was due in it as well.
    const due_time at_opening{utc("2026-12-05T02:00:00Z")};
    CHECK(may_begin_at(plan, {"org", "host"}, at_opening, at_opening.at, 1) == at_opening.at);
}

TEST_CASE("tunnels that missed one opening have places of their own in the next") {
    const auto plan = on_saturdays("0 3 * * sat");
    const due_time due{utc("2026-12-05T03:20:00Z"), reason::scheduled, utc("2026-12-05T03:00:00Z")};
    std::set<wall_time> places;
    for (int i = 0; i < 100; ++i) {
        const identity id{"org", std::to_string(i)};
        const auto place = may_begin_at(plan, id, due, utc("2026-12-05T06:00:00Z"), 1);
        CHECK((place >= utc("2026-12-12T02:00:00Z") && place <= utc("2026-12-12T03:00:00Z")));
        // Before its place it waits, behind it the door is open.
        CHECK(may_begin_at(plan, id, due, utc("2026-12-12T02:00:00Z"), 1) == place);
        CHECK(may_begin_at(plan, id, due, place + 10min, 1) == place + 10min);
        CHECK(may_begin_at(plan, id, due, utc("2026-12-12T06:00:00Z"), 1) != place + days(7));
        places.insert(place);
    }
    CHECK(places.size() == 100);
}

TEST_CASE("without windows what is due begins at once, whatever its age") {
    const due_time due{start_of_time};
    for (const auto late : {0min, 1min, 1'000'000min})
        CHECK(may_begin_at({}, {"org", "host"}, due, start_of_time + late, 1) == start_of_time + late);
    CHECK(may_begin_at({}, {"org", "host"}, due, start_of_time - 1h, 1) == start_of_time);
}

TEST_CASE("`first: now` with windows waits for the opening, without jitter") {
    auto plan = on_saturdays("0 3 * * sat");
    plan.first = first_rotation::now;
    auto record = record_of("host", {});
    record.first_seen = utc("2026-12-03T12:00:00Z");
    const auto due = next_due(plan, record, 1, start_of_time);
    CHECK(due.at == utc("2026-12-05T02:00:00Z"));
    CHECK(due.why == reason::first);
    CHECK(due.occurrence == record.first_seen);
    record.first_seen = utc("2026-12-05T05:59:00Z");
    CHECK(next_due(plan, record, 1, start_of_time).at == record.first_seen);
}

TEST_CASE("a thousand tunnels with one cron line are spread uniformly over the jitter") {
    constexpr std::size_t bins = 20;
    constexpr double expected = 1'000. / bins;
    auto plan = schedule();
    plan.cron = cron_of("0 3 * * sat");
    plan.jitter = 6h;
    std::vector<double> counts(bins);
    for (int i = 0; i < 1'000; ++i) {
        const auto due =
            next_due(plan, record_of("tunnel-" + std::to_string(i), utc("2026-12-02T00:00:00Z")), 42, {});
        const auto share = (due.at - due.occurrence) / (duration(6h) / static_cast<int>(bins));
        ++counts[std::min(static_cast<std::size_t>(share), bins - 1)];
    }
    double chi_square = 0;
    for (const auto each : counts)
        chi_square += (each - expected) * (each - expected) / expected;
    CHECK(chi_square < 43.8);  // 19 degrees of freedom, one in a thousand
}
