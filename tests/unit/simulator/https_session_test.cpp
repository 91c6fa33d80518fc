#include "running_simulator.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::simulator;
using nlohmann::json;

namespace {

/// A client of the cloud, and one fault that its first regenerate meets.
struct fixture {
    void meet(const json& fault) { running.set_fault(fault); }
    raw_reply regenerate() { return cloud.ask(running.regenerate_request()); }
    /// Fails unless the fault's request took effect as it should.
    void require_applied(bool applied) {
        REQUIRE(running.truth().at("regenerates") == (applied ? 1 : 0));
        REQUIRE(running.truth().at("in_step") == !applied);
    }

    running_simulator running;
    tls_client cloud{running.cloud_port(), running.ca_file()};
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a rotation over real sockets brings the tunnel in step, on connections that stay open") {
    tls_client instance(running.instance_port(), running.ca_file());
    for (int i = 0; i < 3; ++i) {
        const auto key = json::parse(regenerate().body).at("token").get<std::string>();
        REQUIRE(running.truth().at("cloud_key") == key);
        REQUIRE(instance.ask(running.install_request(key)).status == 200);
    }
    REQUIRE(running.truth().at("in_step") == true);
    REQUIRE(running.truth().at("changes").size() == 6);
    REQUIRE(running.truth("confluence").at("changes").empty());
    REQUIRE(running.process.control().get("/counters").at("connections").at("accepted") == 2);
}

TEST_CASE_METHOD(fixture, "the journal tells of each request what matters about it") {
    regenerate();
    regenerate();
    const auto list = running.process.control().get("/requests").at("requests");
    REQUIRE(list.size() == 2);
    const auto& first = list.at(0);
    REQUIRE(first.at("side") == "cloud");
    REQUIRE(first.at("call") == "regenerate");
    REQUIRE(first.at("tunnel") == "jira");
    REQUIRE(first.at("method") == "PUT");
    REQUIRE(first.at("host") == "localhost");
    REQUIRE(first.at("authorization") == true);
    REQUIRE(first.at("content_length") == "0");
    REQUIRE(first.at("expect").is_null());
    REQUIRE(first.at("status") == 200);
    REQUIRE(first.at("first_on_connection") == true);
    REQUIRE(list.at(1).at("first_on_connection") == false);
    REQUIRE(list.at(1).at("connection") == first.at("connection"));
}

TEST_CASE_METHOD(fixture, "drop_before closes without applying") {
    meet({{"kind", "drop_before"}});
    REQUIRE(regenerate().status == 0);
    REQUIRE(cloud.end() == ended::without_close_notify);
    require_applied(false);
}

TEST_CASE_METHOD(fixture, "drop_after applies and closes without a reply") {
    meet({{"kind", "drop_after"}});
    REQUIRE(regenerate().status == 0);
    REQUIRE(cloud.end() == ended::without_close_notify);
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "reset resets the connection, applied or not") {
    const bool apply = GENERATE(true, false);
    meet({{"kind", "reset"}, {"apply", apply}});
    REQUIRE(regenerate().status == 0);
    REQUIRE(cloud.end() == ended::by_reset);
    require_applied(apply);
}

TEST_CASE_METHOD(fixture, "a late request takes effect after a newer one, which was answered") {
    meet({{"kind", "late"}, {"seconds", 0.2}, {"reply", "504"}});
    REQUIRE(regenerate().status == 504);
    const auto newer = json::parse(regenerate().body).at("token");
    REQUIRE(running.truth().at("cloud_key") == newer);
    running.wait("call=regenerate&applied=1&count=2");
    REQUIRE(running.truth().at("cloud_key") != newer);
}

TEST_CASE_METHOD(fixture, "a late request takes effect with no reply, and after the client has gone") {
    meet({{"kind", "late"}, {"seconds", 0.05}});
    {
        tls_client leaves(running.cloud_port(), running.ca_file());
        leaves.send(running.regenerate_request());
        running.wait("call=regenerate");
        REQUIRE(leaves.silent());
    }
    running.wait("call=regenerate&applied=1");
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a late request can be dropped at once") {
    meet({{"kind", "late"}, {"seconds", 0.05}, {"reply", "drop"}});
    REQUIRE(regenerate().status == 0);
    running.wait("call=regenerate&applied=1");
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a stalled request is never answered, and others are") {
    const bool apply = GENERATE(true, false);
    meet({{"kind", "stall"}, {"apply", apply}});
    cloud.send(running.regenerate_request());
    running.wait("call=regenerate");
    tls_client other(running.cloud_port(), running.ca_file());
    REQUIRE(other.ask(running.regenerate_request("confluence")).status == 200);
    REQUIRE(cloud.silent());
    require_applied(apply);
}

TEST_CASE_METHOD(fixture, "a truncated reply has a whole head and half of its body") {
    const bool apply = GENERATE(true, false);
    meet({{"kind", "truncate"}, {"apply", apply}});
    const auto reply = regenerate();
    REQUIRE(reply.status == 200);
    REQUIRE_FALSE(reply.whole);
    REQUIRE(reply.body.size() == std::stoul(reply.headers.at("content-length")) / 2);
    REQUIRE(cloud.end() == ended::without_close_notify);
    require_applied(apply);
}

TEST_CASE_METHOD(fixture, "any status can be answered, with headers and a body, and the connection stays") {
    meet(
        {{"kind", "status"}, {"status", 429}, {"retry_after", "7"}, {"rate_limit_reset", "2026-01-01T00:00Z"}});
    meet({{"kind", "status"},
          {"status", 502},
          {"body", "gone"},
          {"content_type", "text/plain"},
          {"apply", true}});
    const auto limited = regenerate();
    REQUIRE(limited.status == 429);
    REQUIRE(limited.headers.at("retry-after") == "7");
    REQUIRE(limited.headers.at("x-ratelimit-reset") == "2026-01-01T00:00Z");
    require_applied(false);
    const auto failed = regenerate();
    REQUIRE(failed.status == 502);
    REQUIRE(failed.body == "gone");
    REQUIRE(failed.headers.at("content-type") == "text/plain");
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a login page and a redirect do not apply") {
    meet({{"kind", "login_page"}});
    meet({{"kind", "redirect"}, {"location", "https://localhost/login"}});
    const auto page = regenerate();
    REQUIRE(page.status == 200);
    REQUIRE(page.headers.at("content-type").starts_with("text/html"));
    const auto redirect = regenerate();
    REQUIRE(redirect.status == 302);
    REQUIRE(redirect.headers.at("location") == "https://localhost/login");
    require_applied(false);
}

TEST_CASE_METHOD(fixture, "a malformed body is complete and no JSON, and applies") {
    meet({{"kind", "malformed"}});
    const auto reply = regenerate();
    REQUIRE(reply.whole);
    REQUIRE_FALSE(json::accept(reply.body));
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a body can be dictated") {
    meet({{"kind", "body"}, {"body", R"({"token": ""})"}, {"apply", false}});
    REQUIRE(regenerate().body == R"({"token": ""})");
    require_applied(false);
}

TEST_CASE_METHOD(fixture, "a huge body is of 100 MiB") {
    meet({{"kind", "huge"}});
    const auto reply = regenerate();
    REQUIRE(reply.status == 200);
    REQUIRE(reply.body.size() == 104'857'600);
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a client that leaves a huge body leaves the others undisturbed") {
    meet({{"kind", "huge"}});
    {
        tls_client leaves(running.cloud_port(), running.ca_file());
        leaves.send(running.regenerate_request());
        running.wait("call=regenerate");
    }
    REQUIRE(regenerate().status == 200);
}

TEST_CASE_METHOD(fixture, "an interim reply comes before the real one") {
    meet({{"kind", "interim"}});
    meet({{"kind", "interim"}, {"status", 102}});
    const auto first = regenerate();
    REQUIRE(first.interims == std::vector<unsigned>{103});
    REQUIRE(first.status == 200);
    REQUIRE(json::parse(first.body).at("token") == running.truth().at("cloud_key"));
    REQUIRE(regenerate().interims == std::vector<unsigned>{102});
}

TEST_CASE_METHOD(fixture, "a request is held after it was applied, until released") {
    meet({{"kind", "hold"}});
    cloud.send(running.regenerate_request());
    running.wait("call=regenerate");
    require_applied(true);
    REQUIRE(cloud.silent());
    running.process.control().post("/release", {});
    REQUIRE(json::parse(cloud.receive().body).at("token") == running.truth().at("cloud_key"));
}

TEST_CASE_METHOD(fixture,
                 "a request is held before it is applied, until released, though its client has gone") {
    meet({{"kind", "hold"}, {"apply", false}});
    {
        tls_client leaves(running.cloud_port(), running.ca_file());
        leaves.send(running.regenerate_request());
        running.wait("call=regenerate");
    }
    require_applied(false);
    running.process.control().post("/release", {});
    running.wait("call=regenerate&applied=1");
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "a slow request is applied and answered after its time, and not before") {
    meet({{"kind", "slow"}, {"seconds", 0.05}});
    const auto asked = std::chrono::steady_clock::now();
    const auto reply = regenerate();
    REQUIRE(std::chrono::steady_clock::now() - asked >= std::chrono::milliseconds(50));
    REQUIRE(reply.status == 200);
    require_applied(true);
}

TEST_CASE_METHOD(fixture, "an idle connection is closed without having been announced") {
    meet({{"kind", "close_idle"}});
    const auto reply = regenerate();
    REQUIRE(reply.whole);
    REQUIRE_FALSE(reply.headers.contains("connection"));
    REQUIRE(cloud.end() == ended::properly);
}

TEST_CASE_METHOD(fixture, "a connection is closed without close_notify after a whole reply") {
    meet({{"kind", "no_close_notify"}});
    const auto reply = regenerate();
    REQUIRE(reply.whole);
    REQUIRE(reply.headers.at("connection") == "close");
    REQUIRE(cloud.end() == ended::without_close_notify);
}

TEST_CASE_METHOD(fixture, "a request that asks for it ends its connection properly") {
    cloud.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    REQUIRE(cloud.receive().headers.at("connection") == "close");
    REQUIRE(cloud.end() == ended::properly);
}

TEST_CASE_METHOD(fixture, "what is too big or no HTTP is refused, and ends the connection") {
    const auto [bytes, status] = GENERATE(table<std::string, unsigned>({
        {"GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
        {"PUT / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", 413},
        {"nonsense\r\n\r\n", 400},
    }));
    REQUIRE(cloud.ask(bytes).status == status);
    cloud.end();
}

TEST_CASE_METHOD(fixture, "faults meet installs and the calls of a preflight, too") {
    tls_client instance(running.instance_port(), running.ca_file());
    meet({{"kind", "status"}, {"status", 503}, {"call", "install"}, {"tunnel", "confluence"}});
    meet({{"kind", "login_page"}, {"call", "whoami"}});
    meet({{"kind", "status"}, {"status", 500}, {"call", "read_organization"}});
    REQUIRE(instance.ask(running.install_request("key")).status == 200);
    REQUIRE(instance.ask(running.install_request("key", "confluence")).status == 503);
    REQUIRE(instance.ask(http_request("GET", "/jira/plugins/servlet/applinks/whoami"))
                .body.starts_with("<!DOCTYPE"));
    const auto id = running.process.description().at("organizations").at(0).at("id").get<std::string>();
    REQUIRE(cloud.ask(http_request("GET", "/admin/v1/orgs/" + id)).status == 500);
    REQUIRE(running.process.control().get("/faults").at("active").empty());
}
