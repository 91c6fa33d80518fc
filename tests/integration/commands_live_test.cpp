#include "live.hpp"

// What commands that look say beside a running daemon.

using nlohmann::json;
using tunnelkeyd::support::codes_of;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;

TEST_CASE("status of a daemon that is well exits 0, as text and as JSON") {
    live scene(2);
    scene.begin();
    const auto seen = scene.tell("status");
    CHECK(seen.status == 0);
    CHECK(seen.output.starts_with("OK: 2 tunnels, 2 ok"));
    CHECK_THAT(seen.output, Catch::Contains("\njira        idle   now ") || Catch::Contains("s ago "));
    scene.check_no_secret(seen.output);

    const auto all = scene.tell("status", {"--json"});
    CHECK(all.status == 0);
    const auto told = json::parse(all.output);
    CHECK(told.at("daemon").at("ready") == true);
    CHECK_FALSE(told.at("daemon").at("started_at").is_null());
    auto shown = json::parse(scene.health("/status").body);
    CHECK(told.at("tunnels").at(0).at("last_success") == shown.at("tunnels").at(0).at("last_success"));
    CHECK(scene.stop() == 0);
}

TEST_CASE("status of a tunnel in danger exits 1 with cause and remedy, and that of another one 0") {
    live scene(2);
    scene.begin();
    scene.open_gap("jira");
    scene.wait_for_health("/healthz/jira", [](const json& seen) { return seen.at("status") == "failing"; });

    const auto seen = scene.tell("status");
    CHECK(seen.status == 1);
    CHECK(seen.output.starts_with("FAILING: 2 tunnels, 1 failing, 1 ok"));
    CHECK(has(seen.output, "\njira: FAILING gap_open for "));
    CHECK(has(seen.output, "(install: HTTP 503"));
    CHECK(has(seen.output, "\n  -> "));

    const auto one = scene.tell("status", {"jira"});
    CHECK(one.status == 1);
    CHECK(has(one.output, "\n  last error    install: HTTP 503"));
    CHECK(has(one.output, "  jira    first   installed  "));  // its history
    const auto as_json = scene.tell("status", {"jira", "--json"});
    CHECK(as_json.status == 1);
    const auto tunnels = json::parse(as_json.output).at("tunnels");
    REQUIRE(tunnels.size() == 1);
    CHECK(codes_of(tunnels[0].at("problems")).front() == "gap_open");
    for (const auto& each : {seen, one, as_json})
        scene.check_no_secret(each.output);
    CHECK(scene.tell("status", {"confluence"}).status == 0);
}

TEST_CASE("each command with a tunnel that the daemon does not know exits 64, and does nothing") {
    live scene;
    scene.begin();
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"status", "nobody"},
                                               {"rotate", "jira", "nobody"},
                                               {"pause", "jira", "nobody"},
                                               {"resume", "nobody"},
                                               {"history", "nobody"},
                                               {"preflight", "jira", "nobody"},
                                               {"pending", "reveal", "nobody", "--yes"},
                                               {"pending", "resolve", "nobody", "--installed"}}) {
        const auto seen = scene.tell(words.front(), {words.begin() + 1, words.end()});
        CHECK(seen.status == 64);
        CHECK(has(seen.output, "nobody"));
        CHECK(has(seen.output, "-> "));
        CHECK(
            has(seen.output, words.front() == "pending" ? "`tunnelkeyd pending` lists" : "tunnelkeyd status"));
    }
    CHECK(scene.truth("jira").at("regenerates") == 1);
    CHECK(scene.tell("status", {"jira"}).status == 0);
    CHECK(json::parse(scene.tell("status", {"--json"}).output).at("tunnels").at(0).at("state") == "idle");
}

TEST_CASE("history has what has just ended, the newest first, as without a daemon") {
    live scene(2);
    scene.begin();
    REQUIRE(scene.tell("rotate", {"jira", "--wait"}).status == 0);
    const auto seen = scene.tell("history");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "  jira        manual  installed  "));
    CHECK(seen.output.find("manual") < seen.output.find("first"));
    const auto past = json::parse(scene.tell("history", {"jira", "--json"}).output).at("rotations");
    REQUIRE(past.size() == 2);
    CHECK(past[0].at("reason") == "manual");
    CHECK(past[1].at("reason") == "first");
    CHECK(scene.stop() == 0);
    CHECK(scene.tell("history").output == seen.output);
}

TEST_CASE("pending has the open gap with its key's number, and none once it is closed") {
    live scene(2);
    scene.begin();
    CHECK(scene.tell("pending").output == "no key gap is open\n");
    scene.open_gap("jira");
    const auto seen = scene.tell("pending");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "\njira    20"));
    CHECK(has(seen.output, "  waiting  number 2, "));
    CHECK_FALSE(has(seen.output, "confluence"));
    const auto listed = json::parse(scene.tell("pending", {"--json"}).output).at("pending");
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].at("key").at("readable") == true);
    CHECK(listed[0].at("installs") == 1);
    scene.check_no_secret(seen.output + listed.dump());

    REQUIRE(scene.tell("rotate", {"jira", "--wait"}).status == 0);  // sends the stored key at once
    CHECK(scene.tell("pending").output == "no key gap is open\n");
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.truth("jira").at("regenerates") == 2);
}
