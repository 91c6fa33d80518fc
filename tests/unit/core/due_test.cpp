#include "core/schedule/due.hpp"
#include "core/schedule/jitter.hpp"
#include "settings_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <vector>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::start_of_time;

namespace {

tunnel_record seen_first(wall_time at) {
    tunnel_record record;
    record.id = {"org", "host"};
    record.first_seen = at;
    return record;
}

tunnel_record rotated(wall_time at) {
    auto record = seen_first(at - days(100));
    record.last_success = at;
    return record;
}

const schedule monthly;

}  // namespace

TEST_CASE("a tunnel is due `every` after its last success") {
    const auto due = next_due(monthly, rotated(start_of_time), 1, start_of_time);
    CHECK(due.at == start_of_time + days(30));
    CHECK(due.why == reason::scheduled);
}

TEST_CASE("the time of the process's start changes the reason, never the time") {
    const auto record = rotated(start_of_time);
    const auto at = start_of_time + days(30);
    for (const auto started_at : {start_of_time - days(1), at - 1ms, at, at + 1ms, at + days(200)}) {
        const auto due = next_due(monthly, record, 1, started_at);
        CHECK(due.at == at);
        CHECK(due.why == (at < started_at ? reason::catch_up : reason::scheduled));
    }
}

TEST_CASE("a tunnel never rotated before counts as rotated when first seen, with `first: wait`") {
    for (const auto started_at : {start_of_time, start_of_time + days(29), start_of_time + days(90)})
        CHECK(next_due(monthly, seen_first(start_of_time), 1, started_at).at == start_of_time + days(30));
}

TEST_CASE("a tunnel never rotated before is due at once and without jitter, with `first: now`") {
    auto plan = monthly;
    plan.first = first_rotation::now;
    plan.jitter = 6h;
    const auto due = next_due(plan, seen_first(start_of_time), 1, start_of_time + 1h);
    CHECK(due.at == start_of_time);
    CHECK(due.why == reason::first);
    CHECK(next_due(plan, rotated(start_of_time), 1, start_of_time).at >= start_of_time + days(30));
}

TEST_CASE("a changed schedule counts from the last success") {
    const auto record = rotated(start_of_time);
    auto plan = monthly;
    for (const auto every : {duration(1h), duration(days(7)), duration(days(365))}) {
        plan.every = every;
        CHECK(next_due(plan, record, 1, start_of_time).at == start_of_time + every);
    }
}

TEST_CASE("the jitter of an occurrence is the same whenever it is asked for, and differs between occurrences") {
    const identity id{"org", "host"};
    CHECK(jitter_of(id, start_of_time, 6h, 7) == jitter_of(id, start_of_time, 6h, 7));
    std::set<duration> seen;
    for (int i = 0; i < 100; ++i) {
        seen.insert(jitter_of(id, start_of_time + days(30 * i), 6h, 7));
        seen.insert(jitter_of(id, start_of_time, 6h, static_cast<std::uint64_t>(1000 + i)));
    }
    CHECK(seen.size() > 195);
    auto plan = monthly;
    plan.jitter = 6h;
    const auto record = rotated(start_of_time);
    CHECK(next_due(plan, record, 7, start_of_time).at ==
          start_of_time + days(30) + jitter_of(record.id, start_of_time + days(30), 6h, 7));
}

TEST_CASE("the jitter is what earlier builds computed: an upgrade moves no occurrence") {
    CHECK(jitter_of({"org", "host"}, start_of_time, 6h, 7) == 15'938'100ms);
}

TEST_CASE("the jitter is neither negative nor beyond its limit") {
    for (int i = 0; i < 2000; ++i) {
        const identity id{"org", std::to_string(i)};
        CHECK(jitter_of(id, start_of_time, 0ms, 1) == 0ms);
        const auto small = jitter_of(id, start_of_time, 2ms, 1);
        CHECK((small >= 0ms && small <= 2ms));
        CHECK(jitter_of(id, start_of_time - days(365 * 100), days(36'525), 1) <= days(36'525));
    }
}

TEST_CASE("identities that only concatenate to the same text have jitters of their own") {
    CHECK(jitter_of({"ab", "c"}, start_of_time, 6h, 1) != jitter_of({"a", "bc"}, start_of_time, 6h, 1));
}

TEST_CASE("the jitter is uniform over tunnels") {
    constexpr int bins = 20;
    constexpr int tunnels = 20'000;
    std::vector<int> counts(bins);
    for (int i = 0; i < tunnels; ++i) {
        const auto jitter = jitter_of({"org", "tunnel-" + std::to_string(i)}, start_of_time, 1h, 42);
        ++counts[static_cast<std::size_t>(std::min<duration::rep>(jitter / (3'600'000ms / bins), bins - 1))];
    }
    double chi_square = 0;
    for (const int count : counts)
        chi_square += (count - tunnels / bins) * (count - tunnels / bins) / (double(tunnels) / bins);
    CHECK(chi_square < 43.8);  // 19 degrees of freedom, one in a thousand
}

TEST_CASE("a background preflight comes strictly later, once in each period, at the tunnel's own moment") {
    const auto every = GENERATE(duration(1), duration(7), duration(1min), duration(24h), duration(days(30)));
    const identity id{"org", "host"};
    const auto first = next_checkup(every, id, start_of_time, 42);
    CHECK(first > start_of_time);
    CHECK(first <= start_of_time + every);
    auto last = first;
    for (int i = 1; i < 100; ++i) {
        CHECK(next_checkup(every, id, last - 1ms, 42) == last);
        const auto next = next_checkup(every, id, last, 42);
        CHECK(next == first + i * every);
        CHECK(next_checkup(every, id, next - every / 2, 42) == (every > 1ms ? next : next + every));
        last = next;
    }
}

TEST_CASE("background preflights are spread evenly over their period") {
    constexpr unsigned buckets = 50;
    constexpr double expected = 10'000. / buckets;
    std::vector<double> count(buckets);
    std::set<wall_time> moments;
    for (unsigned i = 0; i < 10'000; ++i) {
        const auto at = next_checkup(24h, {"org", "host" + std::to_string(i)}, start_of_time, 42);
        moments.insert(at);
        ++count.at(static_cast<std::size_t>((at - start_of_time - 1ms) / (duration(24h) / buckets)));
    }
    double chi_square = 0;
    for (const auto each : count)
        chi_square += (each - expected) * (each - expected) / expected;
    CHECK(chi_square < 85.4);  // one in a thousand is above it, with 49 degrees of freedom
    CHECK(moments.size() > 9'900);
    CHECK(next_checkup(24h, {"org", "host"}, start_of_time, 1) !=
          next_checkup(24h, {"org", "host"}, start_of_time, 2));
}
