#include "serve/routes.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::serve;

TEST_CASE("each path has its page, whatever its query") {
    for (const std::string behind : {"", "?", "?a=b", "#c", "?/status"}) {
        CHECK(route_of("/livez" + behind).what == page::live);
        CHECK(route_of("/readyz" + behind).what == page::ready);
        CHECK(route_of("/healthz" + behind).what == page::health);
        CHECK(route_of("/healthz/jira" + behind).what == page::tunnel_health);
        CHECK(route_of("/healthz/jira" + behind).tunnel == "jira");
        CHECK(route_of("/status" + behind).what == page::status);
        CHECK(route_of("/status/jira" + behind).what == page::tunnel_status);
        CHECK(route_of("/status/jira" + behind).tunnel == "jira");
        CHECK(route_of("/metrics" + behind).what == page::metrics);
        CHECK(route_of("http://x:1/metrics" + behind).what == page::metrics);
    }
}

TEST_CASE("no other path has a page") {
    for (const char* path :
         {"", "/", "*", "livez", "/livez/", "//livez", "/LIVEZ", "/healthz/", "/status/", "/healthz/?x",
          "/statusx", "?/livez", "http://x", "http://x?/livez", "https://x/livez", "x:443"})
        CHECK(route_of(path).what == page::none);
    CHECK(route_of("/nowhere?x").path == "/nowhere");
}

TEST_CASE("a tunnel's name is decoded, and what is no encoding stays") {
    CHECK(route_of("/healthz/a%20b%2Fc%c3%a9").tunnel == "a b/c\xc3\xa9");
    CHECK(route_of("/healthz/a/b").tunnel == "a/b");
    CHECK(route_of("/healthz/%").tunnel == "%");
    CHECK(route_of("/healthz/%4").tunnel == "%4");
    CHECK(route_of("/healthz/%zz%-1%4g%25").tunnel == "%zz%-1%4g%");
    CHECK(route_of("/status/%%41%4%41%2541").tunnel == "%A%4A%41");
    CHECK(route_of("/status/a+b%0a\xff").tunnel == "a+b\n\xff");
    CHECK(route_of("/status/a%00b").tunnel == std::string("a\0b", 3));
    CHECK(route_of("/healt%68z/jira").what == page::none);
}
