#include "core/preflight.hpp"
#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::no_reply;
using testing::reply;
using testing::start_of_time;
using check = preflight_failure::check;

TEST_CASE("the API key: 401 fails, all else passes") {
    for (unsigned status = 100; status < 600; ++status)
        CHECK(judge_api_key(reply(status)).has_value() == (status == 401));
    for (const auto how_far : {reached::nothing, reached::alert, reached::interrupted})
        CHECK_FALSE(judge_api_key(no_reply(how_far)));
    const auto failure = judge_api_key(reply(401));
    CHECK(failure->at == check::api_key);
    CHECK(failure->is_credentials());
    CHECK_FALSE(failure->remedy.empty());
}

TEST_CASE("/status passes for RUNNING alone") {
    CHECK_FALSE(judge_status(reply(200, R"({"state": "RUNNING"})"), start_of_time));
    CHECK_FALSE(judge_status(reply(200, R"({"state":"RUNNING","more":1})", ""), start_of_time));
    const std::pair<unsigned, const char*> others[] = {
        {200, "STARTING"}, {200, "STOPPING"},    {200, "FIRST_RUN"}, {200, "running"},
        {500, "ERROR"},    {503, "MAINTENANCE"}, {200, "PAUSED"},
    };
    for (const auto& [status, state] : others) {
        const auto failure =
            judge_status(reply(status, R"({"state": ")" + std::string(state) + R"("})"), start_of_time);
        CAPTURE(state);
        REQUIRE(failure);
        CHECK(failure->at == check::instance);
        CHECK_FALSE(failure->is_credentials());
        CHECK(failure->problem.find(state) != std::string::npos);
        CHECK_FALSE(failure->remedy.empty());
    }
}

TEST_CASE("a status that is not there is not RUNNING") {
    for (const char* body : {"", "RUNNING", "\"RUNNING\"", "{}", R"({"state": true})", R"({"state": null})",
                             R"({"state": ["RUNNING"]})", R"([{"state": "RUNNING"}])", "<html>RUNNING</html>",
                             R"({"state": "RUNNING")", "{\"state\": \"RUNNING\", \"x\": \"\xff\"}"})
        CHECK(judge_status(reply(200, body), start_of_time));
    CHECK(judge_status(reply(404, "<html>"), start_of_time));
    CHECK(judge_status(reply(302), start_of_time));
    for (const auto how_far : {reached::nothing, reached::interrupted}) {
        const auto failure = judge_status(no_reply(how_far), start_of_time);
        REQUIRE(failure);
        CHECK(failure->at == check::instance);
        CHECK_FALSE(failure->remedy.empty());
    }
}

TEST_CASE("a client certificate that is refused is a matter of credentials, whatever is asked") {
    const auto alert = no_reply(reached::alert);
    const auto page = reply(400, "<html><h1>No required SSL certificate was sent</h1>", "text/html");
    for (const auto* seen : {&alert, &page})
        for (const auto& failure : {judge_status(*seen, start_of_time), judge_whoami(*seen, start_of_time)}) {
            REQUIRE(failure);
            CHECK(failure->at == check::credentials);
            CHECK(failure->problem.find("client certificate") != std::string::npos);
            CHECK(failure->remedy.find("instance.tls.client_certificate") != std::string::npos);
        }
}

TEST_CASE("an instance in maintenance may say for how long") {
    auto seen = reply(503, R"({"state": "MAINTENANCE"})");
    seen.retry_after = "90";
    CHECK(judge_status(seen, start_of_time)->retry_after == 90s);
}

TEST_CASE("whoami passes for a user's name, and for 404, which cannot tell") {
    CHECK_FALSE(judge_whoami(reply(200, "rotator", "text/plain"), start_of_time));
    CHECK_FALSE(judge_whoami(reply(200, "\xd0\x9f\n", ""), start_of_time));
    CHECK_FALSE(judge_whoami(reply(404, "<html>", "text/html"), start_of_time));
}

TEST_CASE("whoami fails for a stranger and for a login page: credentials") {
    const exchange strangers[] = {
        reply(200),
        reply(200, " \r\n"),
        reply(204),
        reply(401, "no"),
        reply(200, "x", "text/html"),
        reply(200, "<html>login</html>", "text/plain"),
        reply(403, "no"),
        reply(302),
        reply(303),
    };
    for (const auto& seen : strangers) {
        const auto failure = judge_whoami(seen, start_of_time);
        CAPTURE(seen.status);
        REQUIRE(failure);
        CHECK(failure->at == check::credentials);
        CHECK(failure->is_credentials());
        CHECK_FALSE(failure->remedy.empty());
    }
}

TEST_CASE("whoami that cannot be asked says nothing of the credentials") {
    for (unsigned status : {400u, 408u, 429u, 500u, 502u, 503u, 504u, 101u}) {
        const auto failure = judge_whoami(reply(status), start_of_time);
        CAPTURE(status);
        REQUIRE(failure);
        CHECK(failure->at == check::instance);
        CHECK_FALSE(failure->is_credentials());
    }
    CHECK(judge_whoami(no_reply(reached::interrupted), start_of_time)->at == check::instance);
}

TEST_CASE("a captcha is named") {
    auto seen = reply(401);
    seen.authentication_denied_reason = "CAPTCHA_CHALLENGE";
    const auto failure = judge_whoami(seen, start_of_time);
    CHECK(failure->problem.find("CAPTCHA_CHALLENGE") != std::string::npos);
    CHECK(failure->remedy.find("captcha") != std::string::npos);
}

TEST_CASE("each check's failure is trouble under a code of its own, with what was found and the remedy") {
    const std::pair<check, std::string_view> codes[] = {
        {check::store, "store_failing"},
        {check::secret, "secret_unreadable"},
        {check::api_key, "api_key_refused"},
        {check::instance, "instance_not_ready"},
        {check::credentials, "credentials_refused"},
    };
    for (const auto& [at, code] : codes) {
        const auto found = trouble_of({at, "a problem", "a remedy", {}});
        CHECK(found.code == code);
        CHECK(found.what == "a problem");
        CHECK(found.remedy == "a remedy");
    }
}

TEST_CASE(
    "a secret that cannot be read is trouble with a remedy, though the problem itself says what is amiss") {
    CHECK(trouble_of({check::secret, "file x: empty", "", {}}).remedy.starts_with("put the secret where"));
}

TEST_CASE("each check has a name") {
    CHECK(to_string(check::store) == "store");
    CHECK(to_string(check::secret) == "secret");
    CHECK(to_string(check::api_key) == "api_key");
    CHECK(to_string(check::instance) == "instance");
    CHECK(to_string(check::credentials) == "credentials");
}
