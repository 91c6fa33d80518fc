#include "serve/control_order.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::serve;

namespace {

/// "" where the path is none of the control socket's.
std::string tunnel_of(const std::string& target) {
    const auto found = call_of(target);
    return found ? found->tunnel : "";
}

order good(const std::string& target, const std::string& body = "") {
    auto read = read_order(*call_of(target), body);
    REQUIRE(std::holds_alternative<order>(read));
    return std::get<order>(read);
}

std::string refusal(const std::string& target, const std::string& body = "") {
    const auto read = read_order(*call_of(target), body);
    REQUIRE(std::holds_alternative<answer>(read));
    const auto& refused = std::get<answer>(read);
    CHECK(refused.status == 400);
    const auto json = nlohmann::json::parse(refused.body);
    CHECK(json.at("code") == "bad_request");
    CHECK_FALSE(json.at("remedy").get<std::string>().empty());
    return json.at("message");
}

}  // namespace

TEST_CASE("each path of the control socket has its call") {
    CHECK(call_of("/v1/reload")->form->what == call::reload);
    CHECK(call_of("/v1/tunnels/jira/rotate")->form->what == call::rotate);
    CHECK(call_of("/v1/tunnels/jira/pause")->form->what == call::pause);
    CHECK(call_of("/v1/tunnels/jira/resume")->form->what == call::resume);
    CHECK(call_of("/v1/tunnels/jira/preflight")->form->what == call::preflight);
    CHECK(call_of("/v1/history?limit=1")->form->what == call::history);
    CHECK(call_of("/v1/pending")->form->what == call::pending);
    CHECK(call_of("/v1/pending/jira/reveal")->form->what == call::reveal);
    CHECK(call_of("/v1/pending/jira/resolve")->form->what == call::resolve);
    CHECK(call_of("http://localhost/v1/tunnels/jira/rotate")->tunnel == "jira");
}

TEST_CASE("no other path has a call") {
    for (const char* path : {"",
                             "/",
                             "*",
                             "v1/reload",
                             "/v1",
                             "/v1/",
                             "/v1/reload/",
                             "//v1/reload",
                             "/V1/reload",
                             "/v1/tunnels/rotate",
                             "/v1/tunnels//rotate",
                             "/v1/tunnels/jira",
                             "/v1/tunnels/jira/rotate/x",
                             "/v1/tunnels/a/b/rotate",
                             "/v1/tunnels/jira/rotate%zz",
                             "/v1/tunnels/%/rotate",
                             "/v1/tunnels/a b/rotate",
                             "/v1/../v1/reload",
                             "/v1/pending/jira",
                             "/v1/{name}/x",
                             "/v1/history?%",
                             "localhost:443",
                             "/v1/reload\n"}) {
        INFO(path);
        CHECK_FALSE(call_of(path));
    }
}

TEST_CASE("a tunnel's name in a path is decoded, and a slash within it stays one name") {
    CHECK(tunnel_of("/v1/tunnels/a%20b%2Fc%c3%a9/rotate") == "a b/c\xc3\xa9");
    CHECK(tunnel_of("/v1/tunnels/a+b/rotate") == "a+b");
    CHECK(tunnel_of("/v1/tunnels/%7Bname%7D/rotate") == "{name}");
    CHECK(tunnel_of("/v1/tunnels/../rotate") == "..");
    CHECK(tunnel_of("/v1/tunnels/a%00b/rotate") == std::string("a\0b", 3));
}

TEST_CASE("history is asked for with a tunnel and a limit, or without") {
    CHECK(good("/v1/history").tunnel.empty());
    CHECK(good("/v1/history").limit == 100);
    CHECK(good("/v1/history?").limit == 100);
    const auto both = good("/v1/history?limit=1000&tunnel=a%20b+c");
    CHECK(both.tunnel == "a b c");
    CHECK(both.limit == 1000);
    CHECK(good("/v1/history?tunnel=").tunnel.empty());
}

TEST_CASE("a parameter that is wrong, unknown or there twice is refused by its name") {
    for (const char* limit : {"0", "1001", "-1", "+1", "1.5", "", "x", "99999999999999999999"})
        CHECK(refusal("/v1/history?limit=" + std::string(limit)) == "limit is no number from 1 to 1000");
    CHECK(refusal("/v1/history?limt=1").starts_with("\"limt\" "));
    CHECK(refusal("/v1/history?limit=1&limit=2").starts_with("\"limit\" "));
    CHECK(refusal("/v1/history?tunnel%20limit=1").starts_with("\"tunnel limit\" "));
    CHECK(refusal("/v1/history?=1").starts_with("\"\" "));
    CHECK(refusal("/v1/tunnels/jira/rotate?wait=1").starts_with("\"wait\" "));
}

TEST_CASE("resolve says how, and of which key") {
    const auto plain = good("/v1/pending/jira/resolve", R"({"how": "installed"})");
    CHECK(plain.how == core::resolution::installed);
    CHECK_FALSE(plain.number);
    const auto whole =
        good("/v1/pending/jira/resolve", R"({"number": 18446744073709551615, "how": "regenerate"})");
    CHECK(whole.how == core::resolution::regenerate);
    CHECK(whole.number == 18446744073709551615U);
}

TEST_CASE("a body that is wrong is refused, and says in what") {
    const std::string path = "/v1/pending/jira/resolve";
    for (const char* body : {"", "{}", R"({"how": "instaled"})", R"({"how": 1})", R"({"how": null})"})
        CHECK(refusal(path, body) == R"("how" is neither "installed" nor "regenerate")");
    for (const char* number : {"0", "-1", "1.5", "\"4\"", "null", "[]", "18446744073709551616"})
        CHECK(refusal(path, R"({"how": "installed", "number": )" + std::string(number) + "}") ==
              R"("number" is no key's number)");
    CHECK(refusal(path, R"({"how": "installed", "key": 1})") == R"("key" is no field of this body)");
    for (const auto& body :
         {std::string("[]"), std::string("1"), std::string("{"), std::string("\xff"), std::string(8000, '[')})
        CHECK(refusal(path, body) == "the body is no JSON object");
    CHECK(good("/v1/reload", "{}").what == call::reload);
    CHECK(refusal("/v1/reload", R"({"how": "installed"})") == R"("how" is no field of this body)");
}
