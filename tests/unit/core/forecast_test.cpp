#include "core/forecast.hpp"
#include "core/schedule/jitter.hpp"
#include "settings_fixture.hpp"
#include "support/schedules.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::start_of_time;

namespace {

constexpr std::uint64_t salt = 7;

struct fixture {
    fixture() { record.id = settings.id(); }

    [[nodiscard]] std::vector<expected_rotation> ask(duration length, duration from = duration(0),
                                                     bool known = true) const {
        const forecast_tunnel one{&settings, known ? &record : nullptr};
        return *forecast({&one, 1}, salt, {start_of_time, start_of_time + from, length}, 1'000);
    }

    [[nodiscard]] std::vector<std::string> told(duration length, duration from = duration(0),
                                                bool known = true) const {
        std::vector<std::string> lines;
        for (const auto& each : ask(length, from, known))
            lines.push_back(to_iso8601(each.at) + ' ' + std::string(to_string(each.why)));
        return lines;
    }

    void use_cron(std::string_view text, const char* zone = "UTC") {
        settings.schedule.cron = tunnelkeyd::tests::cron_of(text);
        settings.schedule.zone = tunnelkeyd::tests::zone_of(zone);
    }

    tunnel settings = testing::example_tunnel();
    tunnel_record record;
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(fixture, "every: each rotation counts from the one before, up to the end of the range") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(4);
    CHECK(told(days(26)) ==
          lines{"2026-12-11T02:00:00Z every", "2026-12-21T02:00:00Z every", "2026-12-31T02:00:00Z every"});
    CHECK(told(days(26) - 1ms).size() == 2);
}

TEST_CASE_METHOD(fixture, "cron: each occurrence in the tunnel's zone, with its own jitter") {
    use_cron("0 3 * * 6", "Europe/Berlin");
    settings.schedule.jitter = 1h;
    record.last_success = start_of_time - days(1);
    const auto found = ask(days(8));
    REQUIRE(found.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto occurrence = start_of_time + days(7 * i);
        CHECK(found[i].at == occurrence + jitter_of(record.id, occurrence, 1h, salt));
        CHECK(found[i].why == forecast_reason::cron);
    }
}

TEST_CASE_METHOD(fixture, "a tunnel that nobody has seen yet counts from the forecast's beginning") {
    settings.schedule.every = days(10);
    CHECK(told(days(15), {}, false) == lines{"2026-12-15T02:00:00Z every"});
    settings.schedule.first = first_rotation::now;
    CHECK(told(days(15), {}, false) == lines{"2026-12-05T02:00:00Z first", "2026-12-15T02:00:00Z every"});
}

TEST_CASE_METHOD(fixture, "what is due already is caught up at the beginning, and counts from there") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(25);
    CHECK(told(days(10)) == lines{"2026-12-05T02:00:00Z catch-up", "2026-12-15T02:00:00Z every"});
}

TEST_CASE_METHOD(fixture, "what is due already waits for its windows, as the daemon would have it") {
    settings.schedule.every = days(10);
    settings.schedule.windows = {{0x7f, 22h, 23h}};
    record.last_success = start_of_time - days(25);
    CHECK(told(days(1)) == lines{"2026-12-05T22:00:00Z catch-up"});
}

TEST_CASE_METHOD(fixture, "windows delay an occurrence, and the next one counts from the rotation") {
    settings.schedule.every = days(1);
    settings.schedule.windows = {{0x7f, 6h, 8h}};
    record.last_success = start_of_time;
    const auto found = ask(days(3));
    REQUIRE(found.size() == 2);
    CHECK(found[0].at == start_of_time + days(1) + 4h);
    CHECK(found[0].shut_out == 4h);
    CHECK(found[1].at == start_of_time + days(2) + 4h);
    CHECK(found[1].shut_out == 0ms);
}

TEST_CASE_METHOD(fixture, "a first rotation that its windows delay is told as that") {
    settings.schedule.first = first_rotation::now;
    settings.schedule.windows = {{0x7f, 6h, 8h}};
    const auto found = ask(days(1), {}, false);
    REQUIRE(found.size() == 1);
    CHECK(found[0].why == forecast_reason::first);
    CHECK(found[0].at == start_of_time + 4h);
    CHECK(found[0].shut_out == 4h);
}

TEST_CASE_METHOD(fixture, "after a failure it is tried again when the backoff is over") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(11);
    record.failures = 3;
    record.retry_at = start_of_time + 20min;
    CHECK(told(days(11)) == lines{"2026-12-05T02:20:00Z retry", "2026-12-15T02:20:00Z every"});
    record.retry_at = start_of_time + days(300);  // the clock was wrong then
    CHECK(told(days(2)) == lines{"2026-12-06T02:00:00Z retry"});
}

TEST_CASE_METHOD(fixture, "a failure does not concern a rotation that is due later") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(9);
    record.retry_at = start_of_time + 20min;
    CHECK(told(days(2)) == lines{"2026-12-06T02:00:00Z every"});
}

TEST_CASE_METHOD(fixture, "a confirmation comes settle after the request, and counts as a success") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - 5min;
    record.confirmation_owed = true;
    record.last_unanswered_at = start_of_time - 6min;
    CHECK(told(days(11)) == lines{"2026-12-05T02:04:00Z confirm", "2026-12-15T02:04:00Z every"});
    record.last_unanswered_at = start_of_time - days(1);
    CHECK(told(days(1)) == lines{"2026-12-05T02:00:00Z confirm"});
}

TEST_CASE_METHOD(fixture,
                 "a rotation that begins late enough spares the confirmation, and an earlier one does not") {
    record.confirmation_owed = true;
    record.last_unanswered_at = start_of_time - 6min;
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(10) + 3min;
    CHECK(told(1h) == lines{"2026-12-05T02:03:00Z every", "2026-12-05T02:04:00Z confirm"});
    record.last_success = start_of_time - days(10) + 4min;
    CHECK(told(1h) == lines{"2026-12-05T02:04:00Z every"});
}

TEST_CASE_METHOD(fixture, "an open key gap is gone on with at once, paused or not, whatever windows say") {
    settings.schedule.every = days(10);
    settings.schedule.windows = {{0x7f, 22h, 23h}};
    record.open.emplace();
    record.last_success = start_of_time - days(3);
    CHECK(told(1h) == lines{"2026-12-05T02:00:00Z retry"});
    record.retry_at = start_of_time + 30s;
    CHECK(told(days(11)) == lines{"2026-12-05T02:00:30Z retry", "2026-12-15T22:00:00Z every"});
    record.paused_at = start_of_time - 1h;
    CHECK(told(days(11)) == lines{"2026-12-05T02:00:30Z retry"});
}

TEST_CASE_METHOD(fixture, "a paused tunnel has no rotations, due or not, and no confirmation") {
    record.last_success = start_of_time - days(100);
    record.confirmation_owed = true;
    record.paused_at = start_of_time - days(1);
    CHECK(told(days(365)).empty());
}

TEST_CASE_METHOD(fixture, "a range that begins later shows what lies in it, of a forecast that begins now") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(25);
    CHECK(told(days(10), days(10)) == lines{"2026-12-25T02:00:00Z every"});
    CHECK(told(days(10), days(10) - 1ms) == lines{"2026-12-15T02:00:00Z every"});
}

TEST_CASE_METHOD(fixture, "a range that begins earlier is planned as if the clock stood there") {
    settings.schedule.every = days(10);
    record.last_success = start_of_time - days(25);
    CHECK(told(days(10), -days(20)) == lines{"2026-11-20T02:00:00Z every"});
    CHECK(told(days(10), -days(10)) == lines{"2026-11-25T02:00:00Z catch-up", "2026-12-05T02:00:00Z every"});
}

TEST_CASE_METHOD(fixture, "rotations of several tunnels come in the order of time") {
    auto other = settings;
    other.hostname = "other";
    settings.schedule.every = days(10);
    other.schedule.every = days(4);
    const forecast_tunnel both[] = {{&settings, nullptr}, {&other, nullptr}};
    const auto found = *forecast(both, salt, {start_of_time, start_of_time, days(20)}, 7);
    REQUIRE(found.size() == 7);
    for (std::size_t i = 1; i < found.size(); ++i)
        CHECK(found[i - 1].at <= found[i].at);
    CHECK(found[5].at == found[6].at);
    CHECK(found[5].tunnel == 0);
}

TEST_CASE_METHOD(fixture, "more rotations than asked for are none at all, those before the range included") {
    settings.schedule.every = 1min;
    const forecast_tunnel one{&settings, nullptr};
    CHECK(forecast({&one, 1}, salt, {start_of_time, start_of_time, 100min}, 100).has_value());
    CHECK_FALSE(forecast({&one, 1}, salt, {start_of_time, start_of_time, 101min}, 100).has_value());
    CHECK_FALSE(forecast({&one, 1}, salt, {start_of_time, start_of_time + 100min, 1min}, 100).has_value());
}
