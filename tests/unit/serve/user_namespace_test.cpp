#include "serve/user_namespace.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::serve::maps_all;

TEST_CASE("outside of a user namespace all users are in sight") {
    CHECK(maps_all("         0          0 4294967295\n"));
    CHECK(maps_all("0 0 1000\n1000 1001 4294966295\n"));
}

TEST_CASE("in a user namespace those that are not mapped are not in sight") {
    CHECK_FALSE(maps_all("         0          0          1\n       997        997          1\n"));
    CHECK_FALSE(maps_all("0 100000 65536\n"));
    CHECK_FALSE(maps_all(""));
    CHECK_FALSE(maps_all("nonsense"));
}
