#include "core/url_problem.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::core::server_problem;

TEST_CASE("a port that is none is named with the bounds, and a password never") {
    CHECK(server_problem("https://a:99999/x") == "has port 99999, and ports go from 1 to 65535");
    CHECK(server_problem("http://[::1]:0") == "has port 0, and ports go from 1 to 65535");
    CHECK(server_problem("https://a:123456789012") == "has port 1234567890..., and ports go from 1 to 65535");
    for (const char* other : {"https://user:123456@a", "https://user:123456/7@a", "https://a:x",
                              "https://a:99999x", "https://a b:8443", "a:99999", "https://", ""})
        CHECK(server_problem(other).empty());
}
