#include "core/forecast_notes.hpp"
#include "settings_fixture.hpp"
#include "support/schedules.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <list>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::start_of_time;

namespace {

struct fixture {
    tunnel& add(const std::string& name) {
        auto& added = settings.emplace_back(testing::example_tunnel());
        added.name = added.hostname = name;
        auto& record = records.emplace_back();
        record.id = added.id();
        record.first_seen = start_of_time;
        tunnels.push_back({&added, &record});
        return added;
    }

    static void use_cron(tunnel& of, std::string_view text, const char* zone) {
        of.schedule.cron = tunnelkeyd::tests::cron_of(text);
        of.schedule.zone = tunnelkeyd::tests::zone_of(zone);
    }

    [[nodiscard]] std::vector<std::string> notes(duration length) const {
        const forecast_range range{start_of_time, start_of_time, length};
        return forecast_notes(tunnels, *forecast(tunnels, 7, range, 1'000'000), range, per_minute);
    }

    [[nodiscard]] bool has(duration length, const std::string& note) const {
        const auto all = notes(length);
        for (const auto& each : all)
            UNSCOPED_INFO(each);
        return std::find(all.begin(), all.end(), note) != all.end();
    }

    unsigned per_minute = 300;
    std::list<tunnel> settings;
    std::list<tunnel_record> records;
    std::vector<forecast_tunnel> tunnels;
};

}  // namespace

TEST_CASE_METHOD(fixture, "where nothing rotates that is all there is to say") {
    add("jira");
    CHECK(notes(days(1)) == std::vector<std::string>{"no rotation is due within this time"});
}

TEST_CASE_METHOD(fixture, "the busiest hour is told with what it costs at the admin API") {
    for (const char* name : {"a", "b", "c"})
        add(name).schedule.every = days(7);
    add("d").schedule.every = days(7) + 1h;
    CHECK(notes(days(8)) == std::vector<std::string>{
                                "the busiest hour begins at 2026-12-12T02:00:00Z: 3 rotations of acme, about 6 "
                                "requests to the admin API, of which an organization sends 300 a minute "
                                "(cloud.requests_per_minute)"});
}

TEST_CASE_METHOD(fixture,
                 "organizations are counted apart, and one that asks too much within a minute is told") {
    for (int i = 0; i < 151; ++i)
        add("t" + std::to_string(i)).schedule.every = days(7);
    for (int i = 0; i < 150; ++i) {
        auto& other = add("o" + std::to_string(i));
        other.organization.id = "other";
        other.organization.name = "other";
    }
    const auto found = notes(days(31));
    const auto too_busy = std::count_if(found.begin(), found.end(), [](const std::string& each) {
        return each.find("come within a minute") != std::string::npos;
    });
    CHECK(too_busy == 1);
    CHECK(has(days(31),
              "at 2026-12-12T02:00:00Z 151 rotations of acme come within a minute, about 302 requests: "
              "some of them wait for cloud.requests_per_minute; more jitter spreads them"));
    per_minute = 302;
    CHECK(notes(days(31)).size() + 1 == found.size());
}

TEST_CASE_METHOD(fixture, "windows that delay are told, with how many tunnels and the longest delay") {
    add("free").schedule.every = days(7);
    add("short").schedule.windows = {{0x7f, 3h, 4h}};
    add("long").schedule.windows = {{0x7f, 1h, 2h}};
    CHECK(has(days(40), "windows delay rotations of 2 of 3 tunnels, at most by 23h (long)"));
}

TEST_CASE_METHOD(fixture, "a credential or API key that ends before a rotation needs it is told") {
    auto& jira = add("jira");
    jira.instance.auth_expires = parse_date("2027-01-04");  // the day of the rotation
    jira.organization.api_key_expires = parse_date("2027-02-01");
    CHECK(has(days(100),
              "jira: the instance credential ends on 2027-01-04, and the rotation at 2027-01-04T02:00:00Z "
              "needs it: renew it, and correct instance.auth.expires"));
    CHECK(has(days(100), "acme: the organization's API key ends on 2027-02-01, and 2 rotations from "
                         "2027-02-03T02:00:00Z on need it: make a new one, and correct api_key_expires"));
    jira.instance.auth_expires = parse_date("2027-01-05");
    CHECK(notes(days(31)).size() == 1);
}

TEST_CASE_METHOD(fixture, "of many alike a few are told, and how many more there are") {
    for (int i = 0; i < 13; ++i)
        add("t" + std::to_string(i)).instance.auth_expires = start_of_time;
    CHECK(notes(days(31)).size() == 1 + 10 + 1);
    CHECK(has(days(31), "... and 3 more like these"));
}

TEST_CASE_METHOD(fixture, "a clock change that skips an occurrence is told, with when it comes instead") {
    for (const char* name : {"jira", "confluence"})
        use_cron(add(name), "30 2 * * *", "Europe/Berlin");
    CHECK(has(days(120),
              "clocks of Europe/Berlin go forward on 2027-03-28 at 02:00: 02:30 does not exist, and \"30 2 "
              "* * *\" comes at 03:00 (jira, confluence)"));
    CHECK(notes(days(110)).size() == 1);
}

TEST_CASE_METHOD(fixture, "a skipped occurrence that falls together with another one is left out") {
    use_cron(add("jira"), "0 * * * *", "Europe/Berlin");
    CHECK(has(days(120),
              "clocks of Europe/Berlin go forward on 2027-03-28 at 02:00: 02:00 does not exist, and \"0 * * "
              "* *\" leaves it out (jira)"));
}

TEST_CASE_METHOD(fixture, "a time that clocks show twice is told, and that the first counts") {
    use_cron(add("jira"), "30 2 * * *", "Europe/Berlin");
    CHECK(has(days(365),
              "clocks of Europe/Berlin go back on 2027-10-31 at 03:00: 02:30 comes twice, and \"30 2 * * "
              "*\" counts the first (jira)"));
}

TEST_CASE_METHOD(fixture, "clock changes that concern no occurrence, and UTC, are not told") {
    use_cron(add("jira"), "30 4 * * *", "Europe/Berlin");
    use_cron(add("confluence"), "30 2 * * *", "UTC");
    CHECK(notes(days(365)).size() == 1);
}

TEST_CASE_METHOD(fixture, "paused tunnels and open key gaps are told by name") {
    for (int i = 0; i < 7; ++i)
        add("t" + std::to_string(i));
    for (auto& record : records)
        record.paused_at = start_of_time;
    records.front().open.emplace();
    CHECK(has(days(1), "7 tunnels paused, without rotations until resumed: t0, t1, t2, t3, t4 and 2 more"));
    CHECK(has(days(1),
              "1 key gap open, and gone on with at once, unless held, whatever schedule and windows say: t0"));
}

TEST_CASE_METHOD(fixture, "times behind the first, of every with jitter, are said to be an example") {
    add("jira").schedule = {days(10), 6h};
    CHECK(notes(days(11)).size() == 1);
    CHECK(notes(days(25)).back().ends_with("are an example within the jitter: jira"));
}
