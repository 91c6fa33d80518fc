#include "config/print.hpp"
#include "core/settings_text.hpp"
#include "support.hpp"
#include "support/places.hpp"

#include <fstream>
#include <sstream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using namespace std::chrono_literals;

namespace {

core::schedule schedule_of(const std::string& text, const std::string& defaults = "") {
    return good((defaults.empty() ? "" : "defaults: {schedule: " + defaults + "}\n") +
                with_tunnel("    schedule: " + text + "\n"))
        .tunnels[0]
        .schedule;
}

std::string error_of(const std::string& text) {
    const auto found = errors(with_tunnel("    schedule: " + text + "\n"));
    REQUIRE(found.size() == 1);
    const auto path = found[0].find("tunnels[0].schedule");
    REQUIRE(path != std::string::npos);
    return found[0].substr(path + std::string("tunnels[0].schedule").size());
}

core::config example(const std::string& name) {
    const auto loaded = load_file(support::project_file("config/examples/" + name), no_environment());
    for (const auto& error : loaded.errors)
        UNSCOPED_INFO(error);
    REQUIRE(loaded.value);
    CHECK(loaded.warnings.empty());
    return *loaded.value;
}

}  // namespace

TEST_CASE("every field of a schedule is read") {
    const auto plan = schedule_of("{cron: '0 3 * * sat', time_zone: Europe/Berlin, jitter: 30m, first: now, "
                                  "windows: [{days: [sat, sun], from: '01:00', to: '05:30'}, "
                                  "{from: '22:00', to: '02:00'}, {days: [mon], from: '00:00', to: '24:00'}]}");
    REQUIRE(plan.cron);
    CHECK(plan.cron->text() == "0 3 * * sat");
    CHECK(plan.zone.name() == "Europe/Berlin");
    CHECK(plan.jitter == 30min);
    CHECK(plan.first == core::first_rotation::now);
    CHECK(plan.windows == std::vector<core::window>{
                              {0b100'0001, 1h, 5h + 30min}, {0b111'1111, 22h, 2h}, {0b000'0010, 0h, 24h}});
}

TEST_CASE("a tunnel's cron replaces the default every, its every the default cron, and its windows the default "
          "ones") {
    CHECK(schedule_of("{cron: '@daily'}", "{every: 7d, jitter: 1h}").cron);
    CHECK(schedule_of("{cron: '@daily'}", "{every: 7d, jitter: 1h}").jitter == 1h);
    const auto plan = schedule_of("{every: 7d}", "{cron: '@daily', time_zone: Asia/Kathmandu, "
                                                 "windows: [{from: '01:00', to: '02:00'}]}");
    CHECK_FALSE(plan.cron);
    CHECK(plan.every == std::chrono::days(7));
    CHECK(plan.zone.name() == "Asia/Kathmandu");
    CHECK(plan.windows.size() == 1);
    CHECK(schedule_of("{windows: []}", "{windows: [{from: '01:00', to: '02:00'}]}").windows.empty());
}

TEST_CASE("a wrong schedule is refused, with what is wrong and what to write") {
    CHECK(error_of("{cron: '@daily', every: 1d}") == ": \"cron\" and \"every\" are alternatives; keep one");
    CHECK(error_of("{cron: '0 25 * * *'}") ==
          ".cron: \"0 25 * * *\" is no cron expression: hour: 25 is not within 0-23");
    CHECK(error_of("{cron: '0 0 30 2 *'}") ==
          ".cron: \"0 0 30 2 *\" is no cron expression: never comes: no such month has such a day");
    CHECK(error_of("{time_zone: Europe/Berlim}") ==
          ".time_zone: \"Europe/Berlim\" is no time zone of this system's tz database; write a name such as "
          "Europe/Berlin; did you mean Europe/Berlin?");
    CHECK(error_of("{time_zone: ../../etc/passwd}").find("is no time zone") != std::string::npos);
    CHECK(error_of("{windows: [{days: [], from: '01:00', to: '02:00'}]}") ==
          ".windows[0].days: names no day, so that the window never opens; leave it out for every day");
    CHECK(error_of("{windows: [{from: '01:00', to: '01:00'}]}") ==
          ".windows[0].to: is the same as from, so that the window never opens; for a whole day write from: "
          "\"00:00\", to: \"24:00\"");
    CHECK(error_of("{windows: [{from: '01:00'}]}") ==
          ".windows[0].to: is missing; write the time at which it closes, as in to: \"05:00\"");
    CHECK(error_of("{windows: [{days: [sunday], from: '01:00', to: '02:00'}]}").find(".windows[0].days[0]: ") ==
          0);
    for (const char* hour : {"1:00", "24:00", "25:00", "01:60", "01-00", "0x:00", "01:000", "''"})
        CHECK(error_of("{windows: [{from: " + std::string(hour) + ", to: '02:00'}]}")
                  .find(".windows[0].from: ") == 0);
    CHECK(error_of("{windows: [{from: '01:00', to: '24:01'}]}").find("to \"24:00\"") != std::string::npos);
    CHECK(error_of("{windows: {from: '01:00', to: '02:00'}}").find(".windows: must be a list") == 0);
}

TEST_CASE("the examples of schedules mean what they say") {
    const auto interval = example("interval.yaml").tunnels;
    CHECK(interval.at(0).schedule.every == std::chrono::days(30));
    CHECK(interval.at(1).schedule.every == std::chrono::days(7));
    CHECK(interval.at(1).schedule.jitter == 6h);
    const auto cron = example("cron.yaml").tunnels;
    CHECK(cron.at(0).schedule.cron->text() == "0 3 * * sat");
    CHECK(cron.at(1).schedule.zone.name() == "America/New_York");
    const auto weekend = example("weekend-window.yaml").tunnels;
    CHECK(weekend.at(0).schedule.windows == std::vector<core::window>{{0b100'0001, 1h, 5h}});
    CHECK(weekend.at(1).schedule.windows == std::vector<core::window>{{0b011'1110, 22h, 2h}});
}

TEST_CASE("each schedule in the documentation loads") {
    std::ifstream in(support::project_file("docs/schedules.md"));
    std::ostringstream page;
    page << in.rdbuf();
    const auto text = page.str();
    const std::string begin = "```yaml\nschedule:";
    unsigned found = 0;
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1), ++found) {
        const auto block = text.substr(at + 8, text.find("```", at + 8) - at - 8);
        std::istringstream lines(block);
        std::string indented;
        for (std::string line; std::getline(lines, line);)
            indented += "    " + line + "\n";
        good(with_tunnel(indented));
    }
    CHECK(found == 3);
}

TEST_CASE("a schedule with everything is printed so that it reads back, windows a line each") {
    const auto settings =
        good(with_tunnel("    schedule: {cron: '0 3 * * sat', time_zone: Europe/Berlin, windows: "
                         "[{days: [sat, sun], from: '01:00', to: '05:00'}, {from: '22:00', to: '24:00'}]}\n"));
    const auto text = print(settings);
    INFO(text);
    CHECK(good(text) == settings);
    CHECK(text.find("      windows:\n"
                    "        - {days: [sun, sat], from: \"01:00\", to: \"05:00\"}\n") != std::string::npos);
    CHECK(load(core::settings_text(settings)).value == settings);
}
