#include "core/proxy_url.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using Catch::Matchers::Contains;

namespace {

std::string login_of(std::string_view text) {
    const auto parsed = core::parse_proxy_url(text);
    INFO(parsed.problem);
    REQUIRE(parsed.login);
    return std::string(parsed.login->reveal());
}

}  // namespace

TEST_CASE("a proxy's URL has a host and a port, and may leave out the scheme") {
    for (const char* text :
         {"http://proxy.corp:3128", "http://proxy.corp:3128/", "proxy.corp:3128", "HTTP://Proxy.Corp:3128"}) {
        const auto parsed = core::parse_proxy_url(text);
        CHECK(parsed.problem.empty());
        CHECK(core::proxy_text(parsed.url) == "http://proxy.corp:3128");
        CHECK_FALSE(parsed.login);
    }
    CHECK(core::proxy_text(core::parse_proxy_url("http://[::1]:80").url) == "http://[::1]:80");
}

TEST_CASE("a proxy's URL may have a user and a password, percent-encoded") {
    CHECK(login_of("http://user:pass@proxy:3128") == "user:pass");
    CHECK(login_of("user:p%40ss%3aw%2Ford@proxy:3128") == "user:p@ss:w/ord");
    CHECK(login_of("http://user:p@ss@proxy:3128") == "user:p@ss");
    CHECK(login_of("http://user:a:b@proxy:3128") == "user:a:b");
    CHECK(login_of("http://user@proxy:3128") == "user:");
    CHECK(login_of("http://corp%5Cuser:x@[::1]:3128") == "corp\\user:x");
}

TEST_CASE("what is no proxy's URL is refused with a remedy, and of it shows a port at most") {
    const auto [text, why] = GENERATE(table<std::string, std::string>({
        {"https://user:hush@proxy:3128", "no http:// proxy"},
        {"socks5h://user:hush@proxy:1080", "no http:// proxy"},
        {"http://user:hush@proxy", "no port"},
        {"http://user:hush@proxy:", "no port"},
        {"http://user:hush@[::1]", "no port"},
        {"http://user:hush@proxy:3128/path", "behind the port"},
        {"http://user:hu/sh@proxy:3128", "behind the port"},
        {"http://user:hush@proxy:3128?x", "behind the port"},
        {"http://user:hush@proxy:0", "has port 0, and ports go from 1 to 65535; write http://HOST:PORT"},
        {"http://user:hush@proxy:65536", "has port 65536, and"},
        {"http://user:hush@proxy:80800", "has port 80800, and"},
        {"http://user:hush@m\xc3\xbcller:3128", "xn--"},
        {"http://user:hush@proxy:x", "not the address"},
        {"http://user:hush@:3128", "not the address"},
        {"http://user:hush@a b:3128", "names no proxy"},
        {"http://user:hush%4@proxy:3128", "cannot be read"},
        {"http://user:hush%zz@proxy:3128", "cannot be read"},
        {"http://user:hush%0a@proxy:3128", "cannot be read"},
        {"http://:hush@proxy:3128", "cannot be read"},
        {"http://us%3aer:hush@proxy:3128", "cannot be read"},
        {"http://", "names no proxy"},
        {"hush", "no port"},
    }));
    INFO(text);
    const auto parsed = core::parse_proxy_url(text);
    CHECK_THAT(parsed.problem, Contains(why) && !Contains("hu"));
    CHECK_FALSE(parsed.login);
}
