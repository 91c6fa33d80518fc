#include "core/verdict.hpp"
#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::no_reply;
using testing::start_of_time;

namespace {

std::optional<duration> asked_for(std::string retry_after, std::string rate_limit_reset = "",
                                  unsigned status = 429) {
    auto seen = testing::reply(status);
    seen.retry_after = std::move(retry_after);
    seen.rate_limit_reset = std::move(rate_limit_reset);
    return wait_asked_for(seen, start_of_time);  // 2026-12-05T02:00:00Z, a Saturday
}

}  // namespace

TEST_CASE("Retry-After is read as seconds") {
    CHECK(asked_for("120") == 120s);
    CHECK(asked_for("0") == 0s);
    CHECK(asked_for("007") == 7s);
    CHECK(asked_for("4294967295") == 4294967295s);
}

TEST_CASE("Retry-After is read as an HTTP date, and one in the past asks for nothing") {
    CHECK(asked_for("Sat, 05 Dec 2026 02:05:00 GMT") == 5min);
    CHECK(asked_for("Sat, 05 Dec 2026 01:00:00 GMT") == 0s);
    CHECK(asked_for("Thu, 01 Jan 1970 00:00:00 GMT") == 0s);
    CHECK(asked_for("Fri, 31 Dec 9999 23:59:59 GMT") > std::chrono::days(365 * 1000));
}

TEST_CASE("garbage in Retry-After is as good as none") {
    for (const char* text : {"", "soon", "-5", "+5", "1.5", "5 s", " 5", "0x10", "1e3", "NaN",
                             "Sat, 05 Dec 2026 02:05:00", "Sat, 35 Dec 2026 02:05:00 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(asked_for(text));
    }
    CHECK_FALSE(asked_for(std::string(100'000, 'x')));
}

TEST_CASE("a Retry-After too large for a number asks for very long, not for nothing") {
    CHECK(asked_for("4294967296") >= std::chrono::hours(24));
    CHECK(asked_for("99999999999999999999999999") >= std::chrono::hours(24));
    CHECK(asked_for(std::string(10'000, '9')) >= std::chrono::hours(24));
    CHECK_FALSE(asked_for("99999999999999999999999999s"));
}

TEST_CASE("X-RateLimit-Reset is an ISO 8601 time, and counts where Retry-After says nothing") {
    CHECK(asked_for("", "2026-12-05T02:01:00Z") == 1min);
    CHECK(asked_for("", "2026-12-05T03:01:00+01:00") == 1min);
    CHECK(asked_for("garbage", "2026-12-05T02:01Z") == 1min);
    CHECK(asked_for("", "2026-12-05T01:00:00Z") == 0s);
    CHECK_FALSE(asked_for("", "1764900000"));
    CHECK(asked_for("7", "2026-12-05T02:01:00Z") == 7s);
}

TEST_CASE("X-RateLimit-Reset on anything but a 429 only tells when the counter starts anew") {
    for (unsigned status : {200u, 403u, 404u, 500u, 503u})
        CHECK_FALSE(asked_for("", "2026-12-05T02:50:00Z", status));
    CHECK(asked_for("30", "2026-12-05T02:50:00Z", 503) == 30s);
}

TEST_CASE("without a reply nobody asked for anything") {
    auto seen = no_reply(reached::interrupted);
    seen.retry_after = "120";
    CHECK_FALSE(wait_asked_for(seen, start_of_time));
}

TEST_CASE("verdicts carry what the peer asks for") {
    auto seen = testing::reply(503);
    seen.retry_after = "33";
    CHECK(judge_regenerate(seen, start_of_time).retry_after == 33s);
    CHECK(judge_install(seen, start_of_time).retry_after == 33s);
}
