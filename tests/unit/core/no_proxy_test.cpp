#include "core/no_proxy.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace tunnelkeyd;

// tests/network/no_proxy.py compares it with curl itself.

namespace {

std::string entry_for(const std::string& host, std::string_view list) {
    const auto target = core::parse_base_url("https://" + host);
    REQUIRE(target);
    return std::string(core::find_no_proxy(*target, list));
}

}  // namespace

TEST_CASE("a name in NO_PROXY is good for itself and for all below it, dots and case aside") {
    for (const char* list :
         {"example.com", ".example.com", "example.com.", "EXAMPLE.com", "a, example.com,b"}) {
        CHECK_FALSE(entry_for("example.com", list).empty());
        CHECK_FALSE(entry_for("api.Example.Com", list).empty());
        CHECK_FALSE(entry_for("example.com:8443", list).empty());
        CHECK(entry_for("notexample.com", list).empty());
        CHECK(entry_for("example.com.evil.net", list).empty());
        CHECK(entry_for("com", list).empty());
    }
    CHECK(entry_for("api.example.com", "x,.example.com,example.com") == ".example.com");
}

TEST_CASE("an asterisk in NO_PROXY stands for all only by itself") {
    CHECK(entry_for("example.com", "*") == "*");
    CHECK(entry_for("192.0.2.7", "*") == "*");
    CHECK(entry_for("example.com", "*,other.com").empty());
    CHECK(entry_for("api.example.com", "*.example.com").empty());
}

TEST_CASE("an address in NO_PROXY is compared as one, by itself or by its network") {
    CHECK(entry_for("192.0.2.7", "192.0.2.7") == "192.0.2.7");
    CHECK(entry_for("192.0.2.7", "192.0.2.8").empty());
    CHECK(entry_for("10.1.2.3", "172.16.0.0/12,10.0.0.0/8") == "10.0.0.0/8");
    CHECK(entry_for("11.1.2.3", "10.0.0.0/8").empty());
    CHECK(entry_for("172.31.255.255", "172.16.0.0/12") == "172.16.0.0/12");
    CHECK(entry_for("172.32.0.0", "172.16.0.0/12").empty());
    CHECK(entry_for("[2001:db8::7]", "2001:DB8:0::7") == "2001:DB8:0::7");
    CHECK(entry_for("[fd12::1]", "fd00::/8") == "fd00::/8");
    CHECK(entry_for("[fe80::1]", "fd00::/8").empty());
    CHECK(entry_for("[::1]", "[::1]") == "[::1]");
    for (const char* nothing : {"10.0.0.0/33", "10.0.0.0/x", "10.0.0/8", "10.0.0.0/", "/8", "::/0", "0.7"})
        CHECK(entry_for("10.0.0.7", nothing).empty());
}

TEST_CASE("a name is never looked up for a network in NO_PROXY") {
    CHECK(entry_for("localhost", "127.0.0.0/8").empty());
    CHECK(entry_for("127.0.0.1", "localhost").empty());
}

TEST_CASE("an entry of NO_PROXY with a port is good for that port alone") {
    for (const char* host : {"example.com", "192.0.2.7", "[2001:db8::7]"}) {
        const std::string entry = std::string(host) + ":8443";
        CHECK(entry_for(entry, entry) == entry);
        CHECK(entry_for(host, entry).empty());
        CHECK(entry_for(host, std::string(host) + ":443") == std::string(host) + ":443");
        for (const char* wrong : {":", ":x", ":08443x", ":73979", ":99999999999"})
            CHECK(entry_for(entry, std::string(host) + wrong).empty());
    }
}

TEST_CASE("a list of NO_PROXY without entries, and blanks between them, do no harm") {
    for (const char* list : {"", ",", " , ,", ".", "..", "[", "[]", "]:443", ":443", "[::1"})
        CHECK(entry_for("example.com", list).empty());
    CHECK(entry_for("example.com", " a  example.com\tb ") == "example.com");
}
