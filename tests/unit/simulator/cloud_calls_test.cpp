#include "simulator/cloud_calls.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace tunnelkeyd::simulator;
using namespace std::chrono_literals;
using nlohmann::json;
using tunnelkeyd::core::wall_time;

namespace {

constexpr wall_time now{1'700'000'000'000ms};

/// Two organizations; one tunnel, in the first.
truth make_truth() {
    truth all([made = 0]() mutable { return "key-" + std::to_string(++made); });
    all.add(organization{"acme", "org-1", "good-key"});
    all.add(organization{"other", "org-2", "other-key"});
    tunnel made;
    made.name = "jira";
    made.organization = "acme";
    made.id = "id-1";
    made.hostname = "host-1";
    made.on_premise_url = "https://jira.example.com";
    all.add(std::move(made));
    return all;
}

request asked(std::string method, std::string target, std::string api_key = "good-key") {
    request made;
    made.method = std::move(method);
    made.target = std::move(target);
    made.authorization = "Bearer " + api_key;
    return made;
}

const request regenerate = asked("PUT", "/admin/v1/orgs/org-1/tunnels/host-1/token");
const request read_organization = asked("GET", "/admin/v1/orgs/org-1");

}  // namespace

TEST_CASE("the cloud's calls are told apart") {
    auto all = make_truth();
    const auto to = route_to_cloud(all, regenerate);
    REQUIRE(to.to == side::cloud);
    REQUIRE(to.what == call::regenerate);
    REQUIRE(to.tunnel == "jira");
    REQUIRE(route_to_cloud(all, read_organization).what == call::read_organization);
    REQUIRE(route_to_cloud(all, read_organization).tunnel.empty());
    for (const auto* target :
         {"/", "", "/admin/v1/orgs/", "/admin/v1/orgs/org-1/tunnels", "/admin/v1/orgs/org-1/tunnels/host-1",
          "/admin/v1/orgs/org-1/tunnels/host-1/token/x"})
        REQUIRE(route_to_cloud(all, asked("PUT", target)).what == call::other);
    REQUIRE(route_to_cloud(all, asked("GET", regenerate.target)).what == call::other);
}

TEST_CASE("regenerate makes a new key and shows it, with the members of the published sample in their order") {
    auto all = make_truth();
    const auto answer = answer_as_cloud(all, regenerate, now);
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body ==
            R"({"id":"id-1","name":"jira","token":"key-2","status":"DISCONNECTED","onPremiseUrl":)"
            R"("https://jira.example.com","upstreamDnsUrl":"http://id-1.self-hosted.atlassian.com"})");
    REQUIRE(all.find_tunnel("jira")->cloud_key == "key-2");
    REQUIRE(all.find_tunnel("jira")->instance_key == "key-1");
}

TEST_CASE("a bad API key is refused with an HTML page, and changes nothing") {
    auto all = make_truth();
    auto without = regenerate;
    without.authorization = "";
    auto other_scheme = regenerate;
    other_scheme.authorization = "Basic good-key";
    for (const auto& bad : {asked("PUT", regenerate.target, "bad"), asked("PUT", regenerate.target, ""),
                            asked("PUT", regenerate.target, "other-key"), without, other_scheme}) {
        const auto answer = answer_as_cloud(all, bad, now);
        REQUIRE(answer.status == 401);
        REQUIRE(answer.content_type.starts_with("text/html"));
    }
    REQUIRE(all.find_tunnel("jira")->in_step());
}

TEST_CASE("an unknown organization, tunnel or path is not found") {
    auto all = make_truth();
    REQUIRE(answer_as_cloud(all, asked("GET", "/admin/v1/orgs/nowhere"), now).status == 404);
    REQUIRE(answer_as_cloud(all, asked("PUT", "/admin/v1/orgs/org-1/tunnels/nowhere/token"), now).status ==
            404);
    REQUIRE(answer_as_cloud(all, asked("GET", "/elsewhere"), now).status == 404);
    REQUIRE(answer_as_cloud(all, asked("PUT", "/admin/v1/orgs/org-2/tunnels/host-1/token", "other-key"), now)
                .status == 404);
    REQUIRE(answer_as_cloud(all, asked("POST", regenerate.target), now).status == 405);
    REQUIRE(all.find_tunnel("jira")->in_step());
}

TEST_CASE("one hostname in two organizations is two tunnels") {
    auto all = make_truth();
    tunnel made;
    made.name = "wiki";
    made.organization = "other";
    made.hostname = "host-1";
    all.add(std::move(made));
    const auto theirs = asked("PUT", "/admin/v1/orgs/org-2/tunnels/host-1/token", "other-key");
    REQUIRE(route_to_cloud(all, theirs).tunnel == "wiki");
    REQUIRE(answer_as_cloud(all, theirs, now).status == 200);
    REQUIRE(all.find_tunnel("jira")->in_step());
    REQUIRE_FALSE(all.find_tunnel("wiki")->in_step());
}

TEST_CASE("an API key that two organizations share is good for both") {
    auto all = make_truth();
    all.find_organization("other")->api_key = "good-key";
    REQUIRE(answer_as_cloud(all, asked("GET", "/admin/v1/orgs/org-1"), now).status == 200);
    REQUIRE(answer_as_cloud(all, asked("GET", "/admin/v1/orgs/org-2"), now).status == 200);
}

TEST_CASE("reading an organization needs its API key") {
    auto all = make_truth();
    const auto answer = answer_as_cloud(all, read_organization, now);
    REQUIRE(answer.status == 200);
    REQUIRE(json::parse(answer.body)["data"]["id"] == "org-1");
    REQUIRE(answer_as_cloud(all, asked("GET", "/admin/v1/orgs/org-1", "bad"), now).status == 401);
}

TEST_CASE("past its limit an organization gets 429, and in both forms the time when one request may pass") {
    auto all = make_truth();
    all.find_organization("acme")->request_limit = 1;
    REQUIRE(answer_as_cloud(all, read_organization, now).status == 200);
    const auto answer = answer_as_cloud(all, regenerate, now + 500ms);
    REQUIRE(answer.status == 429);
    REQUIRE(answer.headers == std::vector<std::pair<std::string, std::string>>{
                                  {"Retry-After", "60"}, {"X-RateLimit-Reset", "2023-11-14T22:14:20Z"}});
    REQUIRE(all.find_tunnel("jira")->in_step());
    REQUIRE(answer_as_cloud(all, regenerate, now + 60s).status == 200);
}
