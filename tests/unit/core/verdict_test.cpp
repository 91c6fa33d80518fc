#include "core/verdict.hpp"
#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::no_reply;
using testing::reply;
using testing::start_of_time;
using made = regenerate_verdict::kind;
using put = install_verdict::kind;

namespace {

const std::string usable = R"({"id": "1", "name": "tunnel1", "token": "KEY", "status": "CONNECTED",
                               "onPremiseUrl": "https://jira.example.com/jira", "upstreamDnsUrl": "x"})";

// The vendor's published sample, which is no JSON: a comma where a colon belongs, and a trailing comma.
const std::string published = R"({
  "name", "tunnel1",
  "cloudOrgName": "acme",
  "cloudPageUrl": "https://admin.atlassian.com/",
  "appLinksUrl": "https://jira.example.com/plugins/servlet/applinks/",
})";

made regenerate_means(const exchange& seen) {
    return judge_regenerate(seen, start_of_time).what;
}

put install_means(const exchange& seen) {
    return judge_install(seen, start_of_time).what;
}

made token_means(const std::string& body) {
    return regenerate_means(reply(200, body));
}

}  // namespace

TEST_CASE("call 1, any 2xx with a usable token: minted") {
    for (unsigned status : {200u, 201u, 202u, 204u, 206u, 299u}) {
        const auto verdict = judge_regenerate(reply(status, usable), start_of_time);
        CAPTURE(status);
        CHECK(verdict.what == made::minted);
        REQUIRE(verdict.key);
        CHECK(verdict.key->reveal() == "KEY");
        CHECK(verdict.name == "tunnel1");
        CHECK(verdict.on_premise_url == "https://jira.example.com/jira");
        CHECK(verdict.why.empty());
    }
    CHECK(regenerate_means(reply(200, usable, "text/html")) == made::minted);
}

TEST_CASE("call 1, no byte of the request out, or a handshake refused late: refused") {
    CHECK(regenerate_means(no_reply(reached::nothing)) == made::refused);
    CHECK(regenerate_means(no_reply(reached::nothing, true)) == made::refused);
    CHECK(regenerate_means(no_reply(reached::alert)) == made::refused);
}

TEST_CASE(
    "call 1, every status: 3xx and 4xx but 408, 425 and 499 refuse, all else without a token is unknown") {
    for (unsigned status = 100; status < 700; ++status) {
        const bool refusal = status >= 300 && status < 500 && status != 408 && status != 425 && status != 499;
        const auto verdict = judge_regenerate(reply(status), start_of_time);
        CAPTURE(status);
        CHECK(verdict.what == (refusal ? made::refused : made::unknown));
        CHECK_FALSE(verdict.why.empty());
        CHECK(verdict.status == status);
        CHECK(verdict.credentials_refused() == (status == 401 || status == 403));
        CHECK_FALSE(verdict.key);
    }
}

TEST_CASE("call 1, a refusal or an error is one even with a token in its body") {
    CHECK(regenerate_means(reply(302, usable)) == made::refused);
    CHECK(regenerate_means(reply(404, usable)) == made::refused);
    CHECK(regenerate_means(reply(500, usable)) == made::unknown);
    CHECK(regenerate_means(reply(101, usable)) == made::unknown);
}

TEST_CASE("call 1, interrupted once a byte was out: unknown") {
    CHECK(regenerate_means(no_reply(reached::interrupted)) == made::unknown);
    CHECK(judge_regenerate(no_reply(reached::interrupted, true), start_of_time).timed_out);
    CHECK_FALSE(judge_regenerate(no_reply(reached::interrupted), start_of_time).timed_out);
    // The connection's time limit says nothing of how long the cloud works.
    CHECK_FALSE(judge_regenerate(no_reply(reached::nothing, true), start_of_time).timed_out);
}

TEST_CASE("call 1, 2xx without a usable token: unknown") {
    for (const char* body : {"",
                             " ",
                             "{}",
                             "null",
                             "true",
                             "\"KEY\"",
                             "[]",
                             R"([{"token": "KEY"}])",
                             "<html>KEY</html>",
                             R"({"token": null})",
                             R"({"token": ""})",
                             R"({"token": 5})",
                             R"({"token": true})",
                             R"({"token": ["KEY"]})",
                             R"({"token": {"token": "KEY"}})",
                             R"({"data": {"token": "KEY"}})",
                             R"({"Token": "KEY"})",
                             R"({"token": "KEY")",
                             R"({"token": "KEY"} x)",
                             R"({"token": "KEY",})",
                             R"({token: "KEY"})",
                             R"({'token': 'KEY'})",
                             "{\"token\": \"KEY\xff\"}",
                             "{\"token\": \"KEY\", \"name\": \"\xc3\"}",
                             "{\"token\": \"KEY\n\"}"}) {
        CAPTURE(body);
        CHECK(token_means(body) == made::unknown);
    }
    CHECK(token_means(published) == made::unknown);
}

TEST_CASE("call 1, odd but whole JSON objects with a token: minted") {
    CHECK(token_means("\xef\xbb\xbf{\"token\": \"KEY\"}") == made::minted);
    CHECK(token_means("\r\n {\"token\":\"KEY\"}\n") == made::minted);
    const auto twice = judge_regenerate(reply(200, R"({"token": "OLD", "token": "KEY"})"), start_of_time);
    CHECK(twice.key->reveal() == "KEY");
    const auto wrong =
        judge_regenerate(reply(200, R"({"token": "KEY", "name": 5, "onPremiseUrl": ["x"]})"), start_of_time);
    CHECK(wrong.what == made::minted);
    CHECK(wrong.name.empty());
    CHECK(wrong.on_premise_url.empty());
    const auto escaped = judge_regenerate(reply(200, R"({"token": "K\u0045Y"})"), start_of_time);
    CHECK(escaped.key->reveal() == "KEY");
}

TEST_CASE("a reply that is nested a million levels deep neither crashes nor passes") {
    CHECK(token_means(std::string(1 << 20, '[')) == made::unknown);
    CHECK(token_means(R"({"token": )" + std::string(500'000, '[') + std::string(500'000, ']') + "}") ==
          made::unknown);
    CHECK(install_means(reply(200, std::string(1 << 20, '{'))) == put::installed);
}

TEST_CASE("call 2, 2xx whose body is not HTML: installed, whether or not it can be parsed") {
    for (unsigned status : {200u, 201u, 202u, 204u, 299u})
        CHECK(install_means(reply(status, published)) == put::installed);
    for (const char* body : {"", "{}", "OK", "\xff\xfe", "an <html> further on", "[]", R"({"name": 5})"}) {
        CAPTURE(body);
        CHECK(install_means(reply(200, body, "")) == put::installed);
        CHECK(judge_install(reply(200, body), start_of_time).name.empty());
    }
    CHECK(judge_install(reply(200, R"({"name": "tunnel1"})"), start_of_time).name == "tunnel1");
}

TEST_CASE("call 2, 2xx with HTML by its type or its content: credentials refused") {
    for (const char* type : {"text/html", "text/html;charset=UTF-8", "TEXT/HTML", "application/xhtml+xml"})
        CHECK(install_means(reply(200, "", type)) == put::credentials_refused);
    for (const char* body : {"<html>", "<HTML lang=en>", "<!DOCTYPE html><html>", "<!doctype HTML>",
                             "\n\t <html>", "\xef\xbb\xbf<html>"}) {
        CAPTURE(body);
        CHECK(install_means(reply(200, body)) == put::credentials_refused);
    }
}

TEST_CASE("call 2, no usable answer: retry, and unanswered only if it may still take effect") {
    CHECK(install_means(no_reply(reached::nothing)) == put::retry);
    CHECK_FALSE(judge_install(no_reply(reached::nothing), start_of_time).unanswered);
    CHECK(install_means(no_reply(reached::interrupted)) == put::retry);
    CHECK(judge_install(no_reply(reached::interrupted, true), start_of_time).unanswered);
    CHECK(install_means(no_reply(reached::alert)) == put::credentials_refused);
    CHECK_FALSE(judge_install(no_reply(reached::alert), start_of_time).unanswered);
}

TEST_CASE("call 2, every status but 2xx") {
    for (unsigned status = 100; status < 700; ++status) {
        if (status >= 200 && status < 300)
            continue;
        put expected = put::retry;
        if (status == 401 || status == 403 || (status >= 300 && status < 400) || status == 495 || status == 496)
            expected = put::credentials_refused;
        else if (status == 404 || status == 405 || status == 410)
            expected = put::wrong_url;
        else if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429 &&
                 status != 499)
            expected = put::rejected;
        const auto verdict = judge_install(reply(status), start_of_time);
        CAPTURE(status);
        CHECK(verdict.what == expected);
        CHECK_FALSE(verdict.why.empty());
        CHECK(verdict.unanswered == (expected == put::retry && status != 425 && status != 429));
    }
}

TEST_CASE("a web server's page about the client certificate is a refused credential, and no rejected key") {
    for (const char* says : {"No required SSL certificate was sent", "The SSL certificate error"}) {
        const auto page = "<html>\r\n<head><title>400 " + std::string(says) + "</title></head></html>";
        const auto verdict = judge_install(reply(400, page, "text/html"), start_of_time);
        CHECK(verdict.what == put::credentials_refused);
        CHECK(verdict.client_certificate);
        CHECK(verdict.why.find("client certificate") != std::string::npos);
        CHECK(regenerate_means(reply(400, page, "text/html")) == made::refused);
        // The API's own words are no page.
        CHECK(install_means(reply(400, R"({"message": ")" + std::string(says) + R"("})")) == put::rejected);
    }
    CHECK(install_means(reply(400, "<html>Bad Request</html>", "text/html")) == put::rejected);
    CHECK_FALSE(judge_install(reply(401), start_of_time).client_certificate);
    CHECK(judge_install(no_reply(reached::alert), start_of_time).client_certificate);
}

TEST_CASE("a refused login says what the instance says of it, cut to a bearable length") {
    auto seen = reply(403);
    seen.authentication_denied_reason = "CAPTCHA_CHALLENGE; login-url=" + std::string(5000, 'x');
    const auto verdict = judge_install(seen, start_of_time);
    CHECK(verdict.why.find("CAPTCHA_CHALLENGE") != std::string::npos);
    CHECK(verdict.why.size() < 400);
    seen.content_type = std::string(5000, 'y');
    CHECK(judge_regenerate(seen, start_of_time).why.size() < 400);
}

TEST_CASE("names in replies are cut to a bearable length") {
    const auto long_name = R"({"token": "KEY", "name": ")" + std::string(100'000, 'n') + R"("})";
    CHECK(judge_regenerate(reply(200, long_name), start_of_time).name.size() == 2048);
    CHECK(judge_install(reply(200, long_name), start_of_time).name.size() == 2048);
}
