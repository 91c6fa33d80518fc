#include "config/read_schedule.hpp"

#include "config/read_values.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tunnelkeyd::config {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_windows = 100;

void read_cron(const field& from, core::schedule& into) {
    const auto* text = scalar(from, "a cron expression");
    if (text == nullptr)
        return;
    auto parsed = core::cron::parse(*text);
    if (auto* expression = std::get_if<core::cron>(&parsed))
        into.cron = std::move(*expression);
    else
        from.error(shown(*text) + " is no cron expression: " + std::get<std::string>(parsed));
}

void read_zone(const field& from, core::time_zone& into) {
    const auto* text = scalar(from, "a time zone");
    if (text == nullptr)
        return;
    if (const auto zone = core::time_zone::find(*text)) {
        into = *zone;
        return;
    }
    const auto known = core::time_zone::names();
    const auto meant = suggest(*text, known);
    from.error(shown(*text) +
               (known.empty() ? " cannot be looked up: install the package tzdata"
                              : " is no time zone of this system's tz database; write a name "
                                "such as Europe/Berlin") +
               (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?"));
}

/// "HH:MM" as minutes since midnight, at most `most`.
std::optional<std::chrono::minutes> read_hour(const field& from, std::chrono::minutes most) {
    const auto* text = scalar(from, "a time of day");
    if (text == nullptr)
        return std::nullopt;
    const auto digit = [&](std::size_t at) { return static_cast<unsigned>((*text)[at] - '0'); };
    const bool shaped = text->size() == 5 && (*text)[2] == ':' && digit(0) < 10 && digit(1) < 10 &&
                        digit(3) < 6 && digit(4) < 10;
    const auto time =
        shaped ? std::chrono::hours(digit(0) * 10 + digit(1)) + std::chrono::minutes(digit(3) * 10 + digit(4))
               : most + 1min;
    if (time <= most)
        return time;
    from.error(shown(*text) + " is no time of day; write it in quotes, from \"00:00\" to \"" +
               (most == 24h ? "24:00" : "23:59") + "\"");
    return std::nullopt;
}

void read_days(const field& from, std::uint8_t& into) {
    std::uint8_t days = 0;
    bool good = true;
    const bool is_list = for_items(from, [&](const field& item) {
        unsigned day = 0;
        if (read(item, day, core::weekday_words))
            days = static_cast<std::uint8_t>(days | 1U << day);
        else
            good = false;
    });
    if (!is_list || !good)
        return;
    if (days == 0)
        from.error("names no day, so that the window never opens; leave it out for every day");
    else
        into = days;
}

void read_window(const field& from, std::vector<core::window>& into) {
    mapping map(from);
    core::window window;
    if (const auto days = map.find("days"))
        read_days(*days, window.days);
    const auto begin = map.require("from", "write the time at which it opens, as in from: \"01:00\"");
    const auto end = map.require("to", "write the time at which it closes, as in to: \"05:00\"");
    map.finish();
    const auto opens = begin ? read_hour(*begin, 23h + 59min) : std::nullopt;
    const auto closes = end ? read_hour(*end, 24h) : std::nullopt;
    if (!opens || !closes)
        return;
    if (*opens == *closes) {
        end->error("is the same as from, so that the window never opens; for a whole day write from: "
                   "\"00:00\", to: \"24:00\"");
        return;
    }
    window.from = *opens;
    window.to = *closes;
    into.push_back(window);
}

void read_windows(const field& from, std::vector<core::window>& into) {
    std::vector<core::window> windows;
    if (!for_items(from, [&](const field& item) { read_window(item, windows); }))
        return;
    if (windows.size() > most_windows)
        from.error("has more than " + std::to_string(most_windows) + " windows");
    into = std::move(windows);
}

}  // namespace

void read(const field& from, core::schedule& into) {
    mapping map(from);
    const auto every = map.find("every");
    const auto cron = map.find("cron");
    if (every && read(*every, into.every, duration_limits{tick, century}))
        into.cron.reset();
    if (cron)
        read_cron(*cron, into);
    if (map.has("every") && map.has("cron"))
        from.error("\"cron\" and \"every\" are alternatives; keep one");
    if (const auto zone = map.find("time_zone"))
        read_zone(*zone, into.zone);
    map.read_into("jitter", into.jitter, duration_limits{0s, century});
    map.read_into("first", into.first, core::first_rotation_words);
    if (const auto windows = map.find("windows"))
        read_windows(*windows, into.windows);
    map.finish();
}

}  // namespace tunnelkeyd::config
