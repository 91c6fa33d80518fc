#include "core/health.hpp"
#include "health_situation.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::situation;
using testing::start_of_time;

namespace {

std::optional<wall_time> next(const situation& s, wall_time now) {
    return next_change(s.facts(), s.limits, now);
}

/// All that is said, with the words.
std::vector<std::string> said(const situation& s, wall_time now) {
    std::vector<std::string> texts;
    for (const auto& each : s.at(now))
        texts.push_back(std::string(to_string(each.severity)) + std::string(each.code) + each.message +
                        each.remedy);
    return texts;
}

class random_situations {
public:
    explicit random_situations(unsigned seed) : random_(seed) {}

    bool maybe(unsigned one_in = 2) { return below(one_in) == 0; }
    wall_time time() { return start_of_time + duration(below(200)); }

    situation make() {
        situation s;
        s.limits = {{}, duration(below(60)), duration(below(60))};
        if (maybe()) {
            s.open_gap();
            s.record.open->gap_opened_at = time();
        }
        s.held = s.record.open && maybe(4);
        s.orphaned_because = s.record.open && maybe(4) ? "so" : "";
        if (maybe())
            s.overdue_since = time();
        if (maybe(3))
            s.last_trouble = trouble{"wrong_url", "x", maybe() ? "y" : ""};
        if (maybe(4))
            s.preflight = preflight_failure{preflight_failure::check::instance, "x", "", {}};
        s.record.failures = below(3);
        s.record.last_error = maybe() ? "an error" : "";
        s.record.confirmation_owed = maybe(4);
        if (maybe())  // the notice before or the end within the span that is looked at
            s.settings.instance.auth_expires = time() + (maybe() ? 30 * 24h : 0h);
        if (maybe())
            s.client_certificate = certificate{"CN=x", "", time() + (maybe() ? 30 * 24h : 0h)};
        return s;
    }

private:
    unsigned below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(random_); }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("nothing changes by itself where no limit lies ahead") {
    situation s;
    CHECK_FALSE(next(s, start_of_time));
    s.last_trouble = trouble{"wrong_url", "x", "y"};
    s.record.confirmation_owed = true;
    CHECK_FALSE(next(s, start_of_time));
}

TEST_CASE("the next change is the millisecond in which a limit is passed") {
    situation s;
    s.open_gap();
    s.overdue_since = start_of_time - 24h + 1min;
    CHECK(next(s, start_of_time) == start_of_time + 1min + 1ms);
    CHECK(next(s, start_of_time + 1min) == start_of_time + 1min + 1ms);
    CHECK(next(s, start_of_time + 1min + 1ms) == start_of_time + 5min + 1ms);
    CHECK_FALSE(next(s, start_of_time + 5min + 1ms));
}

TEST_CASE("a credential's end changes something 30 days before, and when it comes") {
    situation s;
    const auto ends = start_of_time + std::chrono::days(100);
    s.settings.instance.auth_expires = ends;
    CHECK(next(s, start_of_time) == ends - std::chrono::days(30));
    CHECK(next(s, ends - std::chrono::days(30)) == ends);
    CHECK_FALSE(next(s, ends));
}

TEST_CASE("a client certificate's end changes something 30 days before, and when it comes") {
    situation s;
    const auto ends = start_of_time + std::chrono::days(100);
    s.client_certificate = certificate{"CN=rotator", "", ends};
    CHECK(next(s, start_of_time) == ends - std::chrono::days(30));
    CHECK(next(s, ends - std::chrono::days(30)) == ends);
    CHECK_FALSE(next(s, ends));
    s.settings.instance.auth_expires = ends - 1h;
    CHECK(next(s, ends - std::chrono::days(30)) == ends - 1h);
    s.settings.instance.auth_expires = ends + 1h;
    CHECK(next(s, ends - std::chrono::days(30)) == ends - std::chrono::days(30) + 1h);
}

TEST_CASE("until the next change nothing else is said, and then something is") {
    random_situations random(20'261'205);
    unsigned changes = 0;
    for (int round = 0; round < 1'000; ++round) {
        const auto s = random.make();
        const auto end = start_of_time + 300ms;
        for (auto now = start_of_time; now < end;) {
            const auto change = next(s, now);
            REQUIRE((!change || *change > now));
            const auto before = said(s, now);
            const auto last = std::min(end, change.value_or(end));
            for (auto between = now; between < last; between += 1ms)
                REQUIRE(said(s, between) == before);
            if (change && *change < end) {
                REQUIRE(said(s, *change) != before);
                ++changes;
            }
            now = change.value_or(end);
        }
    }
    CHECK(changes > 500);
}
