#include "core/request_bucket.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time start(1000h);

/// Takes whatever is to be had until then, and returns when each left.
std::vector<steady_time> drain(request_bucket& bucket, urgency how, steady_time from, steady_time until) {
    std::vector<steady_time> left;
    for (auto at = bucket.opens_at(how, from); at < until; at = bucket.opens_at(how, at)) {
        bucket.take(at);
        left.push_back(at);
    }
    return left;
}

/// The most that come within any minute.
std::size_t most_in_a_minute(std::vector<steady_time> arrived) {
    std::sort(arrived.begin(), arrived.end());
    std::size_t most = 0;
    std::deque<steady_time> window;
    for (const auto at : arrived) {
        while (!window.empty() && at - window.front() > duration(1min))
            window.pop_front();
        window.push_back(at);
        most = std::max(most, window.size());
    }
    return most;
}

}  // namespace

TEST_CASE(
    "no minute sees more requests than the limit, whenever they want to leave and however long they take") {
    const unsigned limit = GENERATE(as<unsigned>(), least_requests_per_minute, 21u, 60u, 299u, 300u, 6'000u);
    std::mt19937_64 chance(limit);
    request_bucket bucket(limit, start);
    std::vector<steady_time> arrived;
    auto now = start;
    auto started = now;
    steady_time asked{};  // about the API key
    while (now < start + 20min) {
        // A quiet time, that fills it, and then as many as it takes.
        now += std::chrono::seconds(chance() % 200);
        const auto how = chance() % 2 == 0 ? urgency::open_gap : urgency::calm;
        const auto until = now + std::chrono::seconds(chance() % 200);
        for (auto at = bucket.opens_at(how, now); at < until; at = bucket.opens_at(how, at)) {
            if (at - asked >= duration(10s)) {  // which asks nobody
                asked = at;
                bucket.take(at);
                arrived.push_back(at + duration(chance() % 10'000));
            }
            bucket.take(at);
            arrived.push_back(at + duration(chance() % 10'000));
            now = at;
        }
        if (chance() % 8 == 0 && now - started >= duration(70s)) {
            started = now;  // again
            bucket = request_bucket(limit, now);
        }
        now = std::max(now, until);
    }
    CHECK(most_in_a_minute(arrived) <= limit);
    CHECK(arrived.size() > 5 * limit);
}

TEST_CASE("most of the limit can be used, and a fifth of it at once") {
    const unsigned limit = GENERATE(60u, 300u, 6'000u);
    request_bucket bucket(limit, start);
    const auto rested = start + 10min;
    const auto left = drain(bucket, urgency::calm, rested, rested + 10min);
    CHECK(std::count(left.begin(), left.end(), rested) == limit / 5 - request_bucket::reserved);
    CHECK(left.size() > 6 * limit);
}

TEST_CASE("a start sends one rotation's requests at once, and those of an open key gap") {
    request_bucket bucket(300, start);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(bucket.opens_at(urgency::calm, start) == start);
        bucket.take(start);
    }
    CHECK(bucket.opens_at(urgency::calm, start) == start + bucket.interval());
    CHECK(bucket.opens_at(urgency::requested, start) == start + bucket.interval());
    for (int i = 0; i < 2; ++i) {
        REQUIRE(bucket.opens_at(urgency::open_gap, start) == start);
        bucket.take(start);
    }
    CHECK(bucket.opens_at(urgency::open_gap, start) == start + bucket.interval());
}

TEST_CASE("calm work that takes all it can leaves an open key gap its two requests at once") {
    request_bucket bucket(GENERATE(as<unsigned>(), least_requests_per_minute, 300u), start);
    drain(bucket, urgency::calm, start, start + 5min);
    const auto now = start + 5min;
    for (int i = 0; i < 2; ++i) {
        REQUIRE(bucket.opens_at(urgency::open_gap, now) == now);
        bucket.take(now);
    }
    CHECK(bucket.opens_at(urgency::open_gap, now) > now);
    CHECK(bucket.opens_at(urgency::open_gap, now) < bucket.opens_at(urgency::calm, now));
}

TEST_CASE("what was taken without asking is waited for afterwards") {
    request_bucket bucket(300, start);
    drain(bucket, urgency::open_gap, start, start + 1s);
    const auto before = bucket.opens_at(urgency::open_gap, start + 1s);
    bucket.take(start + 1s);
    CHECK(bucket.opens_at(urgency::open_gap, start + 1s) >= before + 299ms);
}

TEST_CASE("how many may leave within a time is what then may") {
    const unsigned limit = GENERATE(as<unsigned>(), least_requests_per_minute, 300u, 1'000u);
    const auto length = GENERATE(as<duration>(), 0s, 1s, 30s);
    request_bucket bucket(limit, start);
    const auto now = start + GENERATE(as<duration>(), 0s, 5s, 1h);
    const auto expected = bucket.calm_within(length, now);
    CHECK(drain(bucket, urgency::calm, now, now + length + 1ms).size() == expected);
    CHECK(bucket.calm_within(duration(0), now + length) == 0);
}
