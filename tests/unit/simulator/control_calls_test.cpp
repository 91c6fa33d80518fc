#include "simulator/control_calls.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd::simulator;
using namespace std::chrono_literals;
using nlohmann::json;
using tunnelkeyd::core::wall_time;

namespace {

/// A world of two tunnels in which the time is what the test says.
struct fixture {
    fixture() {
        all.now = [this] { return time; };
        all.tunnels.add(organization{"acme", "org-1", "api-key"});
        for (const auto* name : {"jira", "bamboo"}) {
            tunnel made;
            made.name = name;
            made.hostname = std::string(name) + "-host";
            made.organization = "acme";
            all.tunnels.add(std::move(made));
        }
    }

    std::variant<reply, wait_order> ask(const std::string& method, const std::string& target,
                                        const std::string& body = "") {
        request asked;
        asked.method = method;
        asked.target = target;
        asked.body = body;
        return answer_control(all, {[this] { ++released; }, [this] { ++shut_down; }}, asked);
    }
    unsigned status(const std::string& method, const std::string& target, const std::string& body = "") {
        return std::get<reply>(ask(method, target, body)).status;
    }
    json get(const std::string& target) {
        const auto answer = std::get<reply>(ask("GET", target));
        REQUIRE(answer.status == 200);
        return json::parse(answer.body);
    }
    tunnel& jira() { return *all.tunnels.find_tunnel("jira"); }

    world all;
    wall_time time{1'000'000ms};
    int released = 0;
    int shut_down = 0;
};

}  // namespace

TEST_CASE_METHOD(fixture, "the list of tunnels tells the truth of each, without its changes") {
    all.tunnels.regenerate(jira(), time);
    time += 25ms;
    const auto list = get("/tunnels").at("tunnels");
    REQUIRE(list.size() == 2);
    const auto& first = list.at(0);
    REQUIRE(first.at("name") == "jira");
    REQUIRE(first.at("organization") == "acme");
    REQUIRE(first.at("cloud_key") == jira().cloud_key);
    REQUIRE(first.at("instance_key") == jira().instance_key);
    REQUIRE(first.at("in_step") == false);
    REQUIRE(first.at("connected") == false);
    REQUIRE(first.at("out_of_step_since_ms") == 1'000'000);
    REQUIRE(first.at("out_of_step_total_ms") == 25);
    REQUIRE(first.at("regenerates") == 1);
    REQUIRE_FALSE(first.contains("changes"));
    REQUIRE(list.at(1).at("in_step") == true);
    REQUIRE(list.at(1).at("out_of_step_since_ms").is_null());
}

TEST_CASE_METHOD(fixture, "one tunnel comes with its changes") {
    all.tunnels.regenerate(jira(), time);
    all.tunnels.install(jira(), jira().cloud_key, time + 5ms);
    const auto changes = get("/tunnels/jira").at("changes");
    REQUIRE(changes == json::array({{{"at_ms", 1'000'000}, {"side", "cloud"}, {"key", jira().cloud_key}},
                                    {{"at_ms", 1'000'005}, {"side", "instance"}, {"key", jira().cloud_key}}}));
}

TEST_CASE_METHOD(fixture, "a tunnel is changed by its members") {
    REQUIRE(
        status(
            "POST", "/tunnels/jira",
            R"({"instance_state": "MAINTENANCE", "whoami": "stranger", "token": "t", "on_premise_url": "u"})") ==
        200);
    REQUIRE(jira().state == instance_state::maintenance);
    REQUIRE(jira().whoami == whoami_answer::stranger);
    REQUIRE(jira().token == "t");
    REQUIRE(jira().on_premise_url == "u");
    REQUIRE(status("POST", "/tunnels/jira", R"({"install_reply": "valid"})") == 200);
    REQUIRE(jira().install_reply_name == "jira");
    REQUIRE(status("POST", "/tunnels/jira", R"({"install_reply": {"name": "x"}})") == 200);
    REQUIRE(jira().install_reply_name == "x");
    REQUIRE(status("POST", "/tunnels/jira", R"({"install_reply": "sample"})") == 200);
    REQUIRE_FALSE(jira().install_reply_name);
    REQUIRE(all.tunnels.find_tunnel("jira") == &all.tunnels.tunnels().front());
}

TEST_CASE_METHOD(fixture, "a change that cannot be made changes nothing") {
    for (const auto* body : {R"({"token": "t", "tokn": "u"})", R"({"token": "t", "whoami": "me"})",
                             R"({"token": 1})", R"({"token": "t", "install_reply": 5})", "[]", "no JSON", ""}) {
        INFO(body);
        REQUIRE(status("POST", "/tunnels/jira", body) == 400);
        REQUIRE(jira().token.empty());
    }
}

TEST_CASE_METHOD(fixture, "an organization's API key and limit can be changed") {
    REQUIRE(status("POST", "/organizations/acme",
                   R"({"api_key": "new", "request_limit": 5, "request_window_ms": 9000})") == 200);
    REQUIRE(all.tunnels.find_organization_by_api_key("new")->request_limit == 5);
    REQUIRE(all.tunnels.find_organization_by_api_key("new")->request_window == 9s);
    REQUIRE(get("/organizations/acme").at("turned_away") == 0);
    REQUIRE(status("POST", "/organizations/nobody", "{}") == 404);
}

TEST_CASE_METHOD(fixture, "requests are listed from a number on, with a limit") {
    for (int i = 0; i < 5; ++i) {
        request_record record;
        record.to = {side::cloud, call::regenerate, "jira"};
        record.content_length = "0";
        all.requests.arrived(record);
    }
    const auto all_of_them = get("/requests");
    REQUIRE(all_of_them.at("last") == 5);
    REQUIRE(all_of_them.at("requests").size() == 5);
    const auto some = get("/requests?after=2&limit=2").at("requests");
    REQUIRE(some.size() == 2);
    REQUIRE(some.at(0).at("number") == 3);
    REQUIRE(some.at(0).at("content_length") == "0");
    REQUIRE(some.at(0).at("expect").is_null());
    REQUIRE(get("/requests?after=5").at("requests").empty());
}

TEST_CASE_METHOD(fixture, "counters are by call and by side") {
    request_record record;
    record.to = {side::cloud, call::regenerate, "jira"};
    all.requests.arrived(record);
    const auto counters = get("/counters");
    REQUIRE(counters.at("calls").at("regenerate").at("arrived") == 1);
    REQUIRE(counters.at("calls").at("regenerate").at("answered") == 0);
    REQUIRE(counters.at("sides").at("cloud").at("arrived") == 1);
    REQUIRE(counters.at("sides").at("instance").at("arrived") == 0);
}

TEST_CASE_METHOD(fixture, "faults are set, listed with how often they fired, and cleared") {
    REQUIRE(status("POST", "/faults", R"({"kind": "drop_before", "call": "install", "tunnel": "jira"})") ==
            200);
    REQUIRE(status("POST", "/faults", R"({"kind": "reset", "times": 0})") == 200);
    REQUIRE(status("POST", "/faults", R"({"kind": "nonsense"})") == 400);
    REQUIRE(all.faults.pick(call::install, "jira", all.uniform));
    const auto list = get("/faults");
    REQUIRE(list.at("spent").at(0).at("fired") == 1);
    REQUIRE(list.at("active").size() == 1);
    REQUIRE(list.at("active").at(0).at("kind") == "reset");
    REQUIRE(list.at("active").at(0).at("fired") == 0);
    REQUIRE(status("DELETE", "/faults") == 200);
    REQUIRE(get("/faults").at("active").empty());
}

TEST_CASE_METHOD(fixture, "a wait says for what and for how long") {
    const auto order =
        std::get<wait_order>(ask("GET", "/wait?call=install&tunnel=jira&count=3&timeout=1.5&answered=1"));
    REQUIRE(order.condition.what == call::install);
    REQUIRE(order.condition.tunnel == "jira");
    REQUIRE(order.condition.count == 3);
    REQUIRE(order.condition.stage == stage_of_request::answered);
    REQUIRE(order.timeout == 1500ms);
    const auto plain = std::get<wait_order>(ask("GET", "/wait"));
    REQUIRE_FALSE(plain.condition.what);
    REQUIRE(plain.condition.stage == stage_of_request::arrived);
    REQUIRE(status("GET", "/wait?tunnel=nobody") == 404);
    REQUIRE(status("GET", "/wait?call=nothing") == 400);
    REQUIRE(status("GET", "/wait?count=many") == 400);
    REQUIRE(status("GET", "/wait?timeout=-1") == 400);
}

TEST_CASE_METHOD(fixture, "release and shutdown are passed on, and nothing else is known") {
    REQUIRE(status("POST", "/release") == 200);
    REQUIRE(released == 1);
    REQUIRE(status("POST", "/shutdown") == 200);
    REQUIRE(shut_down == 1);
    REQUIRE(status("GET", "/") == 404);
    REQUIRE(status("GET", "/release") == 404);
    REQUIRE(status("GET", "/tunnels/nobody") == 404);
    REQUIRE(status("GET", "no path") == 400);
}
