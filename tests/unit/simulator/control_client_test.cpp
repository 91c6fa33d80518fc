#include "simulator/control_client.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using tunnelkeyd::simulator::control_client;

TEST_CASE("a control endpoint's URL with a port that is none is refused, and not another one asked") {
    for (const char* url : {"http://127.0.0.1:99999", "http://127.0.0.1:0", "127.0.0.1:1", ""})
        CHECK_THROWS_AS(control_client(url), std::runtime_error);
}
