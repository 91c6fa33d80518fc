#include "serve/accounts.hpp"
#include "support/control_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;
using lines = std::vector<std::string>;

namespace {

constexpr const char* gap_fields =
    R"("tunnel":"jira","organization":"acme","organization_id":"0c632b13","hostname":"host-of-jira",)"
    R"("instance_url":"https://jira.example.com/app","configured":true,"state":"installing",)"
    R"("gap_opened_at":"2026-03-01T11:00:00Z",)"
    R"("key":{"number":4,"minted_at":"2026-03-01T11:00:00Z","readable":true},"regenerates":1,"installs":7,)"
    R"("problems":[{"severity":"failing","code":"gap_open","message":"message of gap_open",)"
    R"("remedy":"remedy of gap_open","since":"2026-03-01T11:00:00Z"}])";

std::string me() {
    return serve::user_text(::getuid());
}

}  // namespace

TEST_CASE("each operation reaches the daemon with who asks, and is answered as documented") {
    control_fixture at;
    const auto rotated = at.post("/v1/tunnels/jira/rotate");
    CHECK(rotated.status == 202);
    CHECK(rotated.header.at("content-type") == "application/json");
    CHECK(rotated.body == "{\"tunnel\":\"jira\",\"joined\":true}\n");
    CHECK(at.post("/v1/reload").body ==
          R"({"changes":{"added":1,"removed":2,"renamed":3,"changed":4,"unchanged":5},)"
          R"("warnings":["c:1:1: odd"],"needs_restart":["state"]})"
          "\n");
    CHECK(at.post("/v1/tunnels/jira/pause").body ==
          R"({"tunnel":"jira","paused_at":"2026-03-01T12:00:00Z","changed":true,"key_gap_open":false})"
          "\n");
    CHECK(at.post("/v1/tunnels/jira/resume").status == 200);
    CHECK(at.post("/v1/tunnels/jira/preflight").body ==
          R"({"tunnel":"jira","passed":false,"checks":[)"
          R"({"check":"store","result":"passed","found":"takes writes","remedy":null},)"
          R"({"check":"instance","result":"failed","found":"is stopped","remedy":"start it"},)"
          R"({"check":"expiry","result":"warning","found":"ends soon","remedy":"renew it"},)"
          R"({"check":"credentials","result":"skipped","found":"the instance is not there","remedy":null}]})"
          "\n");
    CHECK(at.get("/v1/history?tunnel=jira&limit=5").body ==
          R"({"rotations":[{"tunnel":"jira","reason":"manual","began_at":"2026-03-01T11:59:00Z",)"
          R"("ended_at":"2026-03-01T12:00:00Z","gap_seconds":1.5,"regenerates":1,"installs":2,)"
          R"("outcome":"installed","error":null}]})"
          "\n");
    CHECK(at.get("/v1/pending").body == "{\"pending\":[{" + std::string(gap_fields) + "}]}\n");
    CHECK(at.post("/v1/pending/jira/resolve", R"({"how":"installed","number":4})").body ==
          "{\"tunnel\":\"jira\",\"how\":\"installed\",\"later\":false}\n");
    CHECK(at.daemon.asked() == lines{"rotate jira by " + me(), "reload by " + me(), "pause jira by " + me(),
                                     "resume jira by " + me(), "preflight jira", "history jira 5", "pending",
                                     "resolve jira installed 4 by " + me()});
}

TEST_CASE("a key that is revealed comes whole, and nowhere else") {
    control_fixture at;
    auto connection = at.connect();
    const auto got = connection.ask("/v1/pending/jira/reveal", "POST");
    CHECK(got.status == 200);
    CHECK(got.header.at("content-type") == "application/json");
    CHECK(got.body == "{" + std::string(gap_fields) + ",\"token\":" + pending_key_json + "}\n");
    CHECK(json::parse(got.body).at("token") == pending_key);
    CHECK(at.daemon.asked() == lines{"reveal jira by " + me()});
    CHECK(connection.ask("/v1/pending").body.find("token") == std::string::npos);
}

TEST_CASE("what is not there is null in a gap") {
    control_fixture at;
    core::pending_report bare;
    bare.tunnel = "old";
    bare.id = {"o", "h"};
    bare.configured = false;
    bare.state = "orphaned";
    bare.gap_opened_at = noon();
    at.daemon.gaps = std::vector<core::pending_report>{bare};
    CHECK(at.get("/v1/pending").body ==
          R"({"pending":[{"tunnel":"old","organization":null,"organization_id":"o","hostname":"h",)"
          R"("instance_url":null,"configured":false,"state":"orphaned","gap_opened_at":"2026-03-01T12:00:00Z",)"
          R"("key":null,"regenerates":0,"installs":0,"problems":[]}]})"
          "\n");
}

TEST_CASE("a tunnel's name comes to the daemon decoded") {
    control_fixture at;
    CHECK(at.post("/v1/tunnels/a%2Fb%20c/rotate").status == 202);
    CHECK(at.daemon.asked() == lines{"rotate a/b c by " + me()});
}

TEST_CASE("each refusal has its status, its code and a remedy") {
    control_fixture at;
    const auto status_of = [&at](std::string_view code) {
        at.daemon.rotated = core::refusal{code, "message", "remedy", {}};
        const auto got = at.post("/v1/tunnels/jira/rotate");
        CHECK(code_of(got) == code);
        CHECK(got.body.find("errors") == std::string::npos);
        return got.status;
    };
    for (const char* code : {"unknown_tunnel", "not_found"})
        CHECK(status_of(code) == 404);
    for (const char* code :
         {"ambiguous_tunnel", "orphaned", "no_open_gap", "no_stored_key", "another_key", "busy_now"})
        CHECK(status_of(code) == 409);
    for (const char* code : {"internal_error", "store_failing"})
        CHECK(status_of(code) == 500);
    for (const char* code : {"not_ready", "ending", "busy", "late"})
        CHECK(status_of(code) == 503);
    at.daemon.reloaded = core::refusal{"configuration", "has errors", "correct it", {"c:1:1: no", "c:2:1: no"}};
    const auto got = at.post("/v1/reload");
    CHECK(got.status == 422);
    CHECK(
        got.body ==
        R"({"code":"configuration","message":"has errors","remedy":"correct it","errors":["c:1:1: no","c:2:1: no"]})"
        "\n");
}

TEST_CASE("text that is no UTF-8 is answered all the same") {
    control_fixture at;
    at.daemon.rotated = core::refusal{"busy_now", "a\xff", "b", {}};
    CHECK(at.post("/v1/tunnels/%ff/rotate").body ==
          "{\"code\":\"busy_now\",\"message\":\"a\xEF\xBF\xBD\",\"remedy\":\"b\"}\n");
}

TEST_CASE("a daemon that throws is a 500, and the next one is served") {
    control_fixture at;
    at.daemon.throws = true;
    auto connection = at.connect();
    const auto got = connection.ask("/v1/pending");
    CHECK(got.status == 500);
    CHECK(code_of(got) == "internal_error");
    CHECK(connection.ask("/livez").body == "ok\n");
}

TEST_CASE("another method than a path's is a 405 that says which there is") {
    control_fixture at;
    auto connection = at.connect();
    for (const auto& [method, path, allowed] : std::vector<std::array<std::string, 3>>{
             {"GET", "/v1/reload", "POST"},
             {"HEAD", "/v1/tunnels/jira/rotate", "POST"},
             {"PUT", "/v1/pending/jira/resolve", "POST"},
             {"POST", "/v1/history", "GET, HEAD"},
             {"DELETE", "/v1/pending", "GET, HEAD"},
             {"POST", "/status", "GET, HEAD"},
         }) {
        const auto got = connection.ask(path, method);
        INFO(method + " " + path);
        CHECK(got.status == 405);
        CHECK(got.header.at("allow") == allowed);
    }
    CHECK(at.daemon.asked().empty());
}

TEST_CASE("every page of the health endpoints is there, and one tunnel's status") {
    const control_fixture at;
    auto connection = at.connect();
    CHECK(connection.ask("/livez").body == "ok\n");
    CHECK(connection.ask("/readyz").body == "ready\n");
    CHECK(connection.ask("/healthz").status == 503);
    CHECK(connection.ask("/healthz/wiki").status == 200);
    CHECK(json::parse(connection.ask("/status").body).at("tunnels").size() == 3);
    CHECK(connection.ask("/metrics").body.find("tunnelkeyd_") != std::string::npos);
    const auto one = json::parse(connection.ask("/status/wiki").body);
    REQUIRE(one.at("tunnels").size() == 1);
    CHECK(one.at("tunnels")[0].at("name") == "wiki");
    CHECK(one.at("daemon").at("ready") == true);
    const auto none = connection.ask("/status/nobody");
    CHECK(none.status == 404);
    CHECK(code_of(none) == "unknown_tunnel");
    CHECK(connection.ask("/v1/pending", "HEAD").body.empty());
    CHECK(connection.ask("/livez").status == 200);
}

TEST_CASE("a path that is not there is a 404 with all that are, for any method") {
    const control_fixture at;
    for (const char* method : {"GET", "POST"}) {
        const auto got = at.connect().ask("/v1/rotate", method);
        CHECK(got.status == 404);
        CHECK(code_of(got) == "not_found");
        const auto paths = json::parse(got.body).at("paths");
        CHECK(std::count(paths.begin(), paths.end(), "/v1/tunnels/{name}/rotate") == 1);
        CHECK(std::count(paths.begin(), paths.end(), "/livez") == 1);
    }
}

TEST_CASE("the health port knows nothing of operations") {
    const server_fixture health;
    CHECK(health.get("/v1/pending").status == 404);
    CHECK(health.connect().ask("/v1/reload", "POST").status == 405);
    CHECK(health.get("/nowhere").body.find("/v1/") == std::string::npos);
    CHECK(health.get("/status/wiki").status == 200);
}
