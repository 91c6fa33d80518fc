#include "net/request_text.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using net::header_field;
using net::make_request;

namespace {

const core::base_url base{"https", "jira.example.com", 8443, "/jira"};

std::string text_of(const net::request_text& request) {
    return {request.bytes.begin(), request.bytes.end()};
}

}  // namespace

TEST_CASE("a request is written in one piece") {
    const header_field fields[] = {{"Authorization", "Bearer abc"}};
    CHECK(text_of(make_request("PUT", base, "/a/b", fields, "{}")) ==
          "PUT /jira/a/b HTTP/1.1\r\nHost: jira.example.com:8443\r\nUser-Agent: tunnelkeyd/0.1.0\r\n"
          "Authorization: Bearer abc\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("CONNECT names host and port, an IPv6 address in brackets, and has the proxy's login alone") {
    CHECK(text_of(net::make_connect_request(base, "Basic abc")) ==
          "CONNECT jira.example.com:8443 HTTP/1.1\r\nHost: jira.example.com:8443\r\nUser-Agent: "
          "tunnelkeyd/0.1.0\r\nProxy-Authorization: Basic abc\r\n\r\n");
    const auto text = text_of(net::make_connect_request({"https", "2001:db8::7", 443, ""}, ""));
    CHECK_THAT(text, Catch::Matchers::StartsWith(
                         "CONNECT [2001:db8::7]:443 HTTP/1.1\r\nHost: [2001:db8::7]:443\r\n") &&
                         !Catch::Matchers::Contains("Authorization"));
}

TEST_CASE("a PUT without a body says so, and a GET has no length") {
    CHECK_THAT(text_of(make_request("PUT", base, "/", {})),
               Catch::Matchers::EndsWith("Content-Length: 0\r\n\r\n"));
    CHECK(text_of(make_request("GET", base, "/", {})).find("Content-Length") == std::string::npos);
}

TEST_CASE("a value that could smuggle in a header is refused, and not repeated") {
    using namespace std::string_literals;
    const auto value = GENERATE("hush\r\nX: y"s, "hush\n"s, "\rhush"s, "hush\0"s, "hush\x7f"s, "hush\xc3\xa4"s,
                                "hush\t"s, " hush"s, "hush "s, ""s);
    const header_field fields[] = {{"Authorization", value}};
    const auto request = make_request("GET", base, "/", fields);
    CHECK(request.bytes.empty());
    CHECK_THAT(request.problem, Catch::Matchers::Contains("Authorization"));
    CHECK(request.problem.find("hush") == std::string::npos);
}

TEST_CASE("a target with a space or a line break is refused") {
    for (const char* path : {"/a b", "/a\r\nX: y", "/\xc3\xa4"})
        CHECK_FALSE(make_request("GET", base, path, {}).problem.empty());
}

TEST_CASE("a path segment stays one segment, whatever is in it") {
    CHECK(net::path_segment("0c632b13-d717_~.") == "0c632b13-d717_~.");
    CHECK(net::path_segment("a/b?c#d%e f\r\n\xc3\xa4") == "a%2Fb%3Fc%23d%25e%20f%0D%0A%C3%A4");
}
