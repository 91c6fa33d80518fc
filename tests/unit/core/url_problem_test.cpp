#include "core/url_problem.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using tunnelkeyd::core::server_problem;

TEST_CASE("a name with other letters is to be written as the name servers know it") {
    for (const char* url : {"https://m\xc3\xbcller.example", "https://jira.m\xc3\xbcller.example:8443/jira",
                            "https://m%C3%BCller.example"})
        CHECK_THAT(server_problem(url), Contains("xn--") && !Contains("ller"));
    CHECK(server_problem("https://jira.example/m\xc3\xbcller").empty());
    CHECK(server_problem("https://xn--mller-kva.example").empty());
}

TEST_CASE("a zone of an IPv6 address is said not to be taken, however it is written") {
    for (const char* url :
         {"https://[fe80::1%25eth0]", "https://[fe80::1%eth0]:8443/x", "https://fe80::1%eth0"})
        CHECK_THAT(server_problem(url), Contains("zone"));
}

TEST_CASE("an IPv6 address is asked to stand in brackets") {
    for (const char* url : {"https://2001:db8::7", "https://::1/x", "https://2001:DB8::7:99999"})
        CHECK_THAT(server_problem(url), Contains("brackets"));
    for (const char* url :
         {"https://[2001:db8::7]", "https://[::1]:8443", "https://a:b:c@d", "https://user:x:y"})
        CHECK(server_problem(url).empty());
}

TEST_CASE("a port that is none is named with the bounds, and a password never") {
    CHECK(server_problem("https://a:99999/x") == "has port 99999, and ports go from 1 to 65535");
    CHECK(server_problem("http://[::1]:0") == "has port 0, and ports go from 1 to 65535");
    CHECK(server_problem("https://a:123456789012") == "has port 1234567890..., and ports go from 1 to 65535");
    for (const char* other : {"https://user:123456@a", "https://user:123456/7@a", "https://a:x",
                              "https://a:99999x", "https://a b:8443", "a:99999", "https://", ""})
        CHECK(server_problem(other).empty());
}
