#include "support/server_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;

TEST_CASE("livez is ok while the loop turns, whatever is going on") {
    held_looks looks;
    const server_fixture server(looks.look());
    const auto got = server.get("/livez");
    CHECK(got.status == 200);
    CHECK(got.body == "ok\n");
    CHECK(got.header.at("content-type") == "text/plain; charset=utf-8");
    CHECK(looks.take().empty());
}

TEST_CASE("readyz says ready, or why not") {
    auto seen = some_overview();
    seen.not_ready = GENERATE("", "the store cannot be written: no space");
    const server_fixture server([seen](const core::extent&, const serve::look_handler& done) { done(seen); });
    const auto got = server.get("/readyz");
    CHECK(got.status == (seen.not_ready.empty() ? 200 : 503));
    CHECK(got.body == (seen.not_ready.empty() ? "ready\n" : "the store cannot be written: no space\n"));
}

TEST_CASE("healthz is 503 while anything is failing, and 200 when it is degraded or ok") {
    auto seen = some_overview();
    const auto failing = GENERATE(true, false);
    if (!failing)
        seen.tunnels[1].problems.clear();
    const server_fixture server([seen](const core::extent&, const serve::look_handler& done) { done(seen); });
    const auto got = server.get("/healthz");
    CHECK(got.status == (failing ? 503 : 200));
    CHECK(got.header.at("content-type") == "application/json");
    CHECK(json::parse(got.body).at("status") == (failing ? "failing" : "degraded"));
}

TEST_CASE("healthz of a tunnel tells of that one alone") {
    const server_fixture server;
    CHECK(server.get("/healthz/jira").status == 503);
    CHECK(server.get("/healthz/wiki").status == 200);
    CHECK(server.get("/healthz/b%61mboo?verbose").status == 200);
    const auto unknown = server.get("/healthz/jura%22");
    CHECK(unknown.status == 404);
    const auto error = json::parse(unknown.body);
    CHECK(error.at("code") == "unknown_tunnel");
    CHECK(error.at("message") == "there is no tunnel \"jura\"\"");
    CHECK_FALSE(error.at("remedy").get<std::string>().empty());
}

TEST_CASE("a tunnel that is not known yet is not called unknown") {
    core::overview seen;
    seen.not_ready = "starting: the state store is being opened";
    const server_fixture server([&seen](const core::extent&, serve::look_handler done) { done(seen); });
    const auto got = server.get("/healthz/jira");
    CHECK(got.status == 503);
    CHECK(json::parse(got.body).at("code") == "not_ready");
    CHECK(got.body.find("starting") != std::string::npos);
    seen.not_ready.clear();
    CHECK(server.get("/healthz/jira").status == 404);
}

TEST_CASE("status and metrics are served under their content types") {
    const server_fixture server;
    const auto status = server.get("/status");
    CHECK(status.status == 200);
    CHECK(status.header.at("content-type") == "application/json");
    CHECK(json::parse(status.body).at("tunnels").size() == 3);
    const auto metrics = server.get("/metrics?x=y");
    CHECK(metrics.status == 200);
    CHECK(metrics.header.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(metrics.body.find("\ntunnelkeyd_health 2\n") != std::string::npos);
}

TEST_CASE("a path that is not there is a 404 that lists those that are") {
    const server_fixture server;
    for (const char* path : {"/", "/livez/", "/healthz/", "/Livez", "*", "/%2e%2e/etc/passwd", "/livez%00"}) {
        const auto got = server.get(path);
        INFO(path);
        CHECK(got.status == 404);
        const auto error = json::parse(got.body);
        CHECK(error.at("code") == "not_found");
        CHECK(error.at("paths") == json({"/livez", "/readyz", "/healthz", "/healthz/{tunnel}", "/status",
                                         "/status/{tunnel}", "/metrics"}));
    }
}

TEST_CASE("HEAD has the header of GET, and no body") {
    const server_fixture server;
    auto connection = server.connect();
    for (const char* path :
         {"/livez", "/readyz", "/healthz", "/healthz/jira", "/healthz/no", "/status", "/no"}) {
        auto head = connection.ask(path, "HEAD");
        auto got = connection.ask(path);
        INFO(path);
        CHECK(head.status == got.status);
        head.header.erase("date");
        got.header.erase("date");
        CHECK(head.header == got.header);
        CHECK(head.body.empty());
        CHECK(got.header.at("content-length") == std::to_string(got.body.size()));
        CHECK_FALSE(got.body.empty());
    }
}

TEST_CASE("every answer forbids storing and sniffing") {
    const server_fixture server;
    for (const char* path : {"/livez", "/readyz", "/healthz", "/status", "/metrics", "/no"}) {
        const auto got = server.get(path);
        CHECK(got.header.at("cache-control") == "no-store");
        CHECK(got.header.at("x-content-type-options") == "nosniff");
        CHECK(got.header.at("date").ends_with(" GMT"));
    }
}

TEST_CASE("a look that throws is a 500, and the next one is served") {
    std::atomic<bool> broken = true;
    const server_fixture server([&broken](const core::extent&, const serve::look_handler& done) {
        if (broken.exchange(false))
            throw std::runtime_error("broken");
        done(some_overview());
    });
    auto connection = server.connect();
    const auto got = connection.ask("/status");
    CHECK(got.status == 500);
    CHECK(json::parse(got.body).at("code") == "internal_error");
    CHECK(connection.ask("/status").status == 200);
}
