#include "core/examination.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using result = check_line::result;

namespace {

constexpr wall_time now{std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)};

exchange reply(unsigned status, std::string_view body, std::string content_type = "text/plain") {
    exchange seen;
    seen.reached = reached::reply;
    seen.status = status;
    seen.content_type = std::move(content_type);
    seen.body = secret(body);
    return seen;
}

exchange no_reply() {
    exchange seen;
    seen.problem = "no whole reply within 60s";
    return seen;
}

/// What comes with a failure or a warning has a remedy, and nothing else has.
void check_line_is(const check_line& line, result came_out, const std::string& found) {
    INFO(line.check << ": " << line.found);
    CHECK(line.came_out == came_out);
    CHECK_THAT(line.found, Contains(found));
    CHECK(line.remedy.empty() == (came_out == result::passed || came_out == result::skipped));
}

check_line line(std::string_view check, result came_out) {
    return {check, came_out, "", ""};
}

}  // namespace

TEST_CASE("a store that cannot write fails, with the disk's word") {
    check_line_is(examine_store(""), result::passed, "durable");
    check_line_is(examine_store("no space left on device"), result::failed, "no space left");
}

TEST_CASE("a secret is shown by where it comes from, and the remedy suits that place") {
    using source = secret_reference::source;
    const auto [from, remedy] = GENERATE(table<source, std::string>({
        {source::file, "owner tunnelkeyd, mode 0600"},
        {source::credential, "LoadCredential=it:PATH"},
        {source::env, "where the daemon is started"},
    }));
    const organization of{"acme", "id", {from, "it"}};
    check_line_is(examine_secret(of, ""), result::passed,
                  "organizations[].api_key from " + describe(of.api_key));
    const auto failed = examine_secret(of, "file it: cannot be opened");
    check_line_is(failed, result::failed, "cannot be opened");
    CHECK_THAT(failed.remedy, Contains(remedy));
}

TEST_CASE("an API key passes only where the cloud says so, and fails only at a 401") {
    check_line_is(examine_api_key(reply(200, "{}", "application/json")), result::passed, "accepts");
    check_line_is(examine_api_key(reply(401, "")), result::failed, "refuses");
    for (const unsigned status : {403u, 404u, 429u, 500u, 302u})
        check_line_is(examine_api_key(reply(status, "")), result::warning, std::to_string(status));
    check_line_is(examine_api_key(reply(200, "<html>", "text/html")), result::warning, "cannot tell");
    check_line_is(examine_api_key(no_reply()), result::warning, "no whole reply");
}

TEST_CASE("an instance's state passes for RUNNING alone") {
    check_line_is(examine_state(reply(200, R"({"state": "RUNNING"})"), now), result::passed, "RUNNING");
    check_line_is(examine_state(reply(503, R"({"state": "MAINTENANCE"})"), now), result::failed, "MAINTENANCE");
    check_line_is(examine_state(no_reply(), now), result::failed, "cannot be reached");
}

TEST_CASE("credentials show who they log in as, in one line that is not too long") {
    check_line_is(examine_credentials(reply(200, "rotator\n"), now), result::passed, "logs in as rotator");
    CHECK(examine_credentials(reply(200, " rotator \n"), now).found == "logs in as rotator");
    std::string umlauts;
    for (int i = 0; i < 1000; ++i)
        umlauts += "x\xc3\xbc";
    const auto found = examine_credentials(reply(200, umlauts), now).found;
    CHECK(found.size() < 100);
    CHECK(found.ends_with("\xc3\xbcx..."));
}

TEST_CASE("credentials that are refused fail, and an instance that cannot tell is a warning") {
    check_line_is(examine_credentials(reply(200, ""), now), result::failed, "does not accept");
    check_line_is(examine_credentials(reply(401, ""), now), result::failed, "401");
    check_line_is(examine_credentials(reply(404, ""), now), result::warning, "cannot tell");
}

TEST_CASE("what ends within 30 days is a warning, and what has ended fails") {
    organization of{"acme", "id", {}};
    check_line_is(examine_expiry(of, now), result::skipped, "api_key_expires is not set");
    of.api_key_expires = now + 31 * 24h;
    check_line_is(examine_expiry(of, now), result::passed, "ends on 2027-01-01 (in 31 days)");
    of.api_key_expires = now + 30 * 24h;
    check_line_is(examine_expiry(of, now), result::warning, "(in 30 days)");
    of.api_key_expires = now;
    check_line_is(examine_expiry(of, now), result::failed, "has ended on 2026-12-01");
    instance at;
    at.auth_expires = now + 24h;
    check_line_is(examine_expiry(at, now), result::warning, "(in 1 days)");
}

TEST_CASE("a check is not made where one that it rests on failed, and says which") {
    const auto failed = [](std::string_view check) {
        return std::vector{line("store", result::failed), line(check, result::failed)};
    };
    for (const char* check : {"api_key_secret", "cloud_name", "cloud_connection", "cloud_proxy", "cloud_tls"}) {
        CHECK(prevented("api_key", failed(check)).value().found == "because " + std::string(check) + " failed");
        CHECK_FALSE(prevented("credentials", failed(check)));
    }
    for (const char* check : {"credentials_secret", "instance_name", "instance_connection", "instance_proxy",
                              "instance_tls", "instance_state"}) {
        check_line_is(prevented("credentials", failed(check)).value(), result::skipped, check);
        CHECK_FALSE(prevented("api_key", failed(check)));
    }
    CHECK_FALSE(prevented("instance_state", failed("credentials_secret")));
    CHECK_FALSE(prevented("credentials",
                          {line("instance_tls", result::warning), line("instance_state", result::skipped)}));
}
