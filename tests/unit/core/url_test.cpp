#include "core/url.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::core::base_url;
using tunnelkeyd::core::parse_base_url;

TEST_CASE("a base URL is normalized, so that two spellings of one place are equal") {
    const base_url expected{"https", "jira.example.com", 443, "/jira"};
    for (const char* text : {"https://jira.example.com/jira", "HTTPS://Jira.Example.COM:443/jira/",
                             "https://jira.example.com./x/../jira", "https://jira.example.com/%6Aira//"})
        CHECK(parse_base_url(text) == expected);
    CHECK(expected.text() == "https://jira.example.com/jira");
    CHECK(parse_base_url("https://jira.example.com:8443")->text() == "https://jira.example.com:8443");
}

TEST_CASE("an IPv6 literal loses its brackets and gets them back in the text") {
    const auto url = parse_base_url("https://[::1]:8443/jira");
    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(url->authority() == "[::1]:8443");
    CHECK(url->text() == "https://[::1]:8443/jira");
}

TEST_CASE("an IPv6 literal is written as RFC 5952 has it, so that two spellings of one place are equal") {
    for (const char* text :
         {"https://[2001:db8::7]", "https://[2001:db8:0:0::7]", "https://[2001:DB8::0007]:443",
          "https://[2001:db8:0:0:0:0:0:7]/", "https://[2001:db8::0.0.0.7]"})
        CHECK(parse_base_url(text)->text() == "https://[2001:db8::7]");
    const auto text_of = [](const char* text) { return parse_base_url(text)->text(); };
    CHECK(text_of("https://[2001:db8:0:1:1:1:1:1]") == "https://[2001:db8:0:1:1:1:1:1]");
    CHECK(text_of("https://[2001:0:0:1:0:0:0:1]") == "https://[2001:0:0:1::1]");
    CHECK(text_of("https://[2001:db8:0:0:1:0:0:1]") == "https://[2001:db8::1:0:0:1]");
    CHECK(text_of("https://[0:0:0:0:0:FFFF:c000:0207]") == "https://[::ffff:192.0.2.7]");
    CHECK(text_of("https://[::]") == "https://[::]");
}

TEST_CASE("what is not the base URL of a server is refused") {
    for (const char* text : {"",
                             "jira.example.com",
                             "ftp://a/",
                             "https://",
                             "https:///x",
                             "https://user@a/",
                             "https://a/?q=1",
                             "https://a/#f",
                             "https://a:0/",
                             "https://a:70000/",
                             "https://a:65536/",
                             "https://a:99999/",
                             "https://[::1]:80800/",
                             "https://a:4294967739/",
                             "https://a b/",
                             "/jira",
                             "https://a/\r\nX: y",
                             "https://a%0d%0a/",
                             "https://[v1.x]/",
                             "http://127.0.0.1.example.com",
                             "http://127.0.0.1x/",
                             "https://./",
                             "https://a../",
                             "https://.a/",
                             "https://a..b/"})
        CHECK_FALSE(parse_base_url(text));
    CHECK_FALSE(parse_base_url("https://a/" + std::string(3000, 'x')));
}

TEST_CASE("a port goes from 1 to 65535, and may have zeros in front") {
    CHECK(parse_base_url("https://a:1")->port == 1);
    CHECK(parse_base_url("https://a:65535")->port == 65535);
    CHECK(parse_base_url("https://a:0000443/") == parse_base_url("https://a:"));
}

TEST_CASE("loopback is told from names that only look like it") {
    CHECK(parse_base_url("http://127.0.0.1:80")->is_loopback());
    CHECK(parse_base_url("http://127.1.2.3")->is_loopback());
    CHECK(parse_base_url("http://[::1]")->is_loopback());
    CHECK(parse_base_url("http://[0:0:0:0:0:0:0:1]")->is_loopback());
    CHECK(parse_base_url("http://[0::0001]:8080")->is_loopback());
    CHECK(parse_base_url("http://localhost:8080")->is_loopback());
    CHECK(parse_base_url("http://jira.localhost")->is_loopback());
    CHECK_FALSE(parse_base_url("http://127.evil.example.com")->is_loopback());
    CHECK_FALSE(parse_base_url("http://127.0.0.256")->is_loopback());
    CHECK_FALSE(parse_base_url("http://10.0.0.1")->is_loopback());
    CHECK_FALSE(parse_base_url("http://[::2]")->is_loopback());
    CHECK_FALSE(parse_base_url("http://[::1:0]")->is_loopback());
    CHECK_FALSE(parse_base_url("http://notlocalhost")->is_loopback());
}
