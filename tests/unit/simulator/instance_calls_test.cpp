#include "simulator/instance_calls.hpp"
#include "simulator/random_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd::simulator;
using namespace std::chrono_literals;
using nlohmann::json;
using tunnelkeyd::core::wall_time;

namespace {

constexpr wall_time now{1'000'000ms};

truth make_truth() {
    truth all([] { return std::string("old-key"); });
    tunnel made;
    made.name = "jira";
    made.hostname = "host-1";
    made.token = "good-token";
    made.username = "rotator";
    made.password = "pass:word";
    all.add(std::move(made));
    return all;
}

request get(std::string target, std::string authorization = "") {
    request made;
    made.method = "GET";
    made.target = std::move(target);
    made.authorization = std::move(authorization);
    return made;
}

request install(std::string body, std::string authorization = "Bearer good-token") {
    auto made = get("/jira/rest/secure-tunneling/latest/tunnel/token", std::move(authorization));
    made.method = "PUT";
    made.atlassian_token = "no-check";
    made.body = std::move(body);
    return made;
}

const std::string basic = "Basic " + base64("rotator:pass:word");
constexpr auto whoami = "/jira/plugins/servlet/applinks/whoami";

}  // namespace

TEST_CASE("an instance's calls are told apart, and instances by their context path") {
    auto all = make_truth();
    REQUIRE(route_to_instance(all, get("/jira/status")).what == call::status);
    REQUIRE(route_to_instance(all, get("/jira/status?x=1")).tunnel == "jira");
    REQUIRE(route_to_instance(all, get(whoami)).what == call::whoami);
    REQUIRE(route_to_instance(all, install("")).what == call::install);
    REQUIRE(route_to_instance(all, get(install("").target)).what == call::other);
    REQUIRE(route_to_instance(all, get("/bamboo/status")).tunnel.empty());
    for (const auto* target : {"/bamboo/status", "/jira", "/", "", "*"})
        REQUIRE(answer_as_instance(all, get(target), now).status == 404);
}

TEST_CASE("an instance with a context path of its own answers below it only") {
    auto all = make_truth();
    all.find_tunnel("jira")->context = "/a/b";
    REQUIRE(route_to_instance(all, get("/jira/a/b/status")).what == call::status);
    REQUIRE(answer_as_instance(all, get("/jira/a/b/status"), now).status == 200);
    for (const auto* target : {"/jira/status", "/jira/a/status", "/jira/a/bc/status", "/a/b/status"})
        REQUIRE(answer_as_instance(all, get(target), now).status == 404);
}

TEST_CASE("each state comes with its status code, without a login") {
    auto all = make_truth();
    const std::pair<const char*, unsigned> expected[] = {{"RUNNING", 200},     {"STARTING", 200},
                                                         {"STOPPING", 200},    {"FIRST_RUN", 200},
                                                         {"MAINTENANCE", 503}, {"ERROR", 500}};
    for (const auto& [state, status] : expected) {
        all.find_tunnel("jira")->state = parse_instance_state(state);
        const auto answer = answer_as_instance(all, get("/jira/status"), now);
        REQUIRE(answer.status == status);
        REQUIRE(json::parse(answer.body) == json{{"state", state}});
    }
}

TEST_CASE("whoami names a user who logs in, and nobody else") {
    auto all = make_truth();
    REQUIRE(answer_as_instance(all, get(whoami, "Bearer good-token"), now).body == "rotator");
    REQUIRE(answer_as_instance(all, get(whoami, basic), now).body == "rotator");
    const auto stranger = answer_as_instance(all, get(whoami, "Bearer bad"), now);
    REQUIRE(stranger.status == 200);
    REQUIRE(stranger.body.empty());
    REQUIRE(stranger.content_type.starts_with("text/plain"));
    all.find_tunnel("jira")->whoami = whoami_answer::stranger;
    REQUIRE(answer_as_instance(all, get(whoami, "Bearer good-token"), now).body.empty());
    all.find_tunnel("jira")->whoami = whoami_answer::not_found;
    REQUIRE(answer_as_instance(all, get(whoami, "Bearer good-token"), now).status == 404);
}

TEST_CASE("an install stores the key, with a token and with a password") {
    auto all = make_truth();
    REQUIRE(answer_as_instance(all, install(R"({"token": "new-key"})"), now).status == 200);
    REQUIRE(all.find_tunnel("jira")->instance_key == "new-key");
    REQUIRE(answer_as_instance(all, install(R"({"token": "newer"})", basic), now).status == 200);
    REQUIRE(all.find_tunnel("jira")->instance_key == "newer");
    REQUIRE(all.find_tunnel("jira")->installs == 2);
}

TEST_CASE("an install's reply is the published sample, which is not JSON") {
    auto all = make_truth();
    const auto answer = answer_as_instance(all, install(R"({"token": "new-key"})"), now);
    REQUIRE(answer.content_type == "application/json");
    REQUIRE_FALSE(json::accept(answer.body));
    REQUIRE(answer.body.find(R"("cloudPageUrl", "https://admin.atlassian.com/o/)") != std::string::npos);
    REQUIRE(answer.body.ends_with("listApplicationLinks\",\n}"));
}

TEST_CASE("an install's reply can be set to valid JSON with a name") {
    auto all = make_truth();
    all.find_tunnel("jira")->install_reply_name = "another";
    const auto body = json::parse(answer_as_instance(all, install(R"({"token": "new-key"})"), now).body);
    REQUIRE(body["name"] == "another");
    REQUIRE(body.contains("appLinksUrl"));
}

TEST_CASE("an install with bad credentials is refused with an HTML page") {
    auto all = make_truth();
    for (const auto* bad : {"", "Bearer bad", "Bearer ", "Basic good-token", "good-token"}) {
        const auto answer = answer_as_instance(all, install(R"({"token": "new-key"})", bad), now);
        REQUIRE(answer.status == 401);
        REQUIRE(answer.content_type.starts_with("text/html"));
    }
    REQUIRE(all.find_tunnel("jira")->in_step());
}

TEST_CASE("an install without X-Atlassian-Token: no-check is refused") {
    auto all = make_truth();
    auto without = install(R"({"token": "new-key"})");
    without.atlassian_token = "";
    REQUIRE(answer_as_instance(all, without, now).status == 403);
    REQUIRE(all.find_tunnel("jira")->in_step());
}

TEST_CASE("an install without a key is refused") {
    auto all = make_truth();
    for (const auto* body :
         {"", "{", "[]", "{}", R"({"token": ""})", R"({"token": 5})", R"({"key": "new-key"})"})
        REQUIRE(answer_as_instance(all, install(body), now).status == 400);
    REQUIRE(all.find_tunnel("jira")->installs == 0);
}
