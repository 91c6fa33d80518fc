#include "net/system_random.hpp"

#include <catch2/catch.hpp>

TEST_CASE("random numbers are from 0 to below 1, are spread over it, and differ between two generators") {
    tunnelkeyd::net::system_random one;
    tunnelkeyd::net::system_random other;
    double sum = 0;
    bool differ = false;
    for (int i = 0; i < 10'000; ++i) {
        const auto value = one.uniform();
        REQUIRE(value >= 0);
        REQUIRE(value < 1);
        sum += value;
        differ = differ || value != other.uniform();
    }
    // Ten standard deviations of the mean.
    CHECK(sum / 10'000 == Approx(0.5).margin(0.03));
    CHECK(differ);
}
