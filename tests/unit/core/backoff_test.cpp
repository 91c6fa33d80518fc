#include "core/backoff.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>
#include <vector>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;

namespace {

constexpr double nearly_one = 1.0 - std::numeric_limits<double>::epsilon() / 2;

}  // namespace

TEST_CASE("the ceiling doubles from the initial length to the maximum") {
    const backoff_limits limits{30s, 1h};
    const duration ceilings[] = {30s, 1min, 2min, 4min, 8min, 16min, 32min, 1h, 1h, 1h};
    unsigned failures = 0;
    for (const auto ceiling : ceilings) {
        ++failures;
        CHECK(backoff(limits, failures, 0.5) == ceiling / 2);
        CHECK(backoff(limits, failures, 0.0) == 0ms);
        CHECK(backoff(limits, failures, nearly_one) == ceiling - 1ms);
    }
}

TEST_CASE("no count of failures and no maximum overflows") {
    const duration century = std::chrono::days(36'525);
    for (unsigned failures : {60u, 61u, 64u, 1000u, std::numeric_limits<unsigned>::max()}) {
        CHECK(backoff({30s, 1h}, failures, 0.5) == 30min);
        CHECK(backoff({century, century}, failures, nearly_one) < century);
        CHECK(backoff({century, century}, failures, nearly_one) > century / 2);
    }
}

TEST_CASE("an initial length beyond the maximum is cut, and zero stays zero") {
    CHECK(backoff({2h, 1h}, 1, 0.5) == 30min);
    CHECK(backoff({0s, 1h}, 50, nearly_one) == 0ms);
    CHECK(backoff({1s, 1h}, 0, 0.5) == 500ms);
}

TEST_CASE("full jitter: the length is uniform from zero to the ceiling") {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> uniform(0, 1);
    constexpr int bins = 20;
    constexpr int draws = 20'000;
    std::vector<int> counts(bins);
    for (int i = 0; i < draws; ++i) {
        const auto length = backoff({1s, 60s}, 6, uniform(random));
        REQUIRE(length >= 0ms);
        REQUIRE(length < 32s);
        ++counts[static_cast<std::size_t>(length / (32'000ms / bins))];
    }
    double chi_square = 0;
    for (const int count : counts)
        chi_square += (count - draws / bins) * (count - draws / bins) / (double(draws) / bins);
    CHECK(chi_square < 43.8);  // 19 degrees of freedom, one in a thousand
}
