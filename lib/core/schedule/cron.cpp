#include "core/schedule/cron.hpp"

#include "core/schedule/cron_field.hpp"

#include <bit>
#include <utility>
#include <vector>

namespace tunnelkeyd::core {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month;

constexpr std::pair<std::string_view, std::string_view> nicknames[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"},
};

std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    std::vector<std::string_view> words;
    for (auto begin = text.find_first_not_of(blanks); begin != std::string_view::npos;
         begin = text.find_first_not_of(blanks, begin)) {
        const auto end = std::min(text.find_first_of(blanks, begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

/// The least value of `set` that is at least `from`; nothing where there is none.
std::optional<unsigned> at_least(std::uint64_t set, unsigned from) {
    const auto rest = from < 64 ? set & (~std::uint64_t{0} << from) : 0;
    return rest == 0 ? std::nullopt : std::optional<unsigned>(std::countr_zero(rest));
}

unsigned first_of(std::uint64_t set) {
    return static_cast<unsigned>(std::countr_zero(set));
}

bool has(std::uint64_t set, unsigned value) {
    return (set >> value & 1) != 0;
}

}  // namespace

std::variant<cron, std::string> cron::parse(std::string_view text) {
    auto fields = text;
    if (text.starts_with('@')) {
        if (text == "@reboot")
            return "@reboot is no time: a daemon's start rotates nothing";
        for (const auto& [nickname, meaning] : nicknames)
            if (text == nickname)
                fields = meaning;
        if (fields == text)
            return "unknown nickname; use @yearly, @monthly, @weekly, @daily or @hourly, or five fields";
    }
    cron made;
    made.text_ = text;
    if (auto problem = made.read(fields))
        return std::move(*problem);
    return made;
}

std::optional<std::string> cron::read(std::string_view fields) {
    const auto words = words_of(fields);
    if (words.size() != part_count)
        return "has " + std::to_string(words.size()) + (words.size() == 1 ? " field" : " fields") +
               "; five are needed: minute, hour, day of month, month, day of week";
    for (std::size_t i = 0; i < part_count; ++i) {
        const auto field = read_cron_field(cron_fields[i], words[i]);
        if (const auto* problem = std::get_if<std::string>(&field))
            return *problem;
        allowed_[i] = std::get<std::uint64_t>(field);
    }
    if (has(allowed_[weekday], 7))
        allowed_[weekday] = (allowed_[weekday] | 1) & 0x7f;
    either_day_ = words[day].front() != '*' && words[weekday].front() != '*';
    if (!ever_comes())
        return "never comes: no such month has such a day";
    return std::nullopt;
}

bool cron::ever_comes() const {
    constexpr unsigned longest[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (either_day_)
        return true;
    for (unsigned each = 1; each <= 12; ++each)
        if (has(allowed_[month], each) && first_of(allowed_[day]) <= longest[each])
            return true;
    return false;
}

/// The days that match, bit 1 for the first. Of a month that is allowed.
std::uint64_t cron::days_of(year_month of) const {
    const auto last = static_cast<unsigned>((of / std::chrono::last).day());
    const auto in_month = (std::uint64_t{1} << (last + 1)) - 2;
    const auto first = std::chrono::weekday(local_days(of / 1)).c_encoding();
    // Five weeks of the days of the week, shifted so that bit 1 is the first of the month.
    constexpr std::uint64_t weeks = 0x0000000810204081;  // bits 0, 7, 14, ... 35
    const auto by_weekday = (allowed_[weekday] * weeks >> first) << 1;
    const auto& by_day = allowed_[day];
    return in_month & (either_day_ ? by_day | by_weekday : by_day & by_weekday);
}

local_time cron::next(local_time after) const {
    const auto from = floor<minutes>(after) + minutes(1);
    const auto today = floor<days>(from);
    const std::chrono::year_month_day date{today};
    year_month at{date.year(), date.month()};
    auto first_day = static_cast<unsigned>(date.day());

    const auto of_day = static_cast<unsigned>((from - today).count());
    const auto this_hour = of_day / 60;
    // What is left of today: in this hour, or in a later one.
    const auto late = has(allowed_[hour], this_hour) ? at_least(allowed_[minute], of_day % 60) : std::nullopt;
    const auto hour_today = late ? std::optional(this_hour) : at_least(allowed_[hour], this_hour + 1);
    const auto minute_today = late ? *late : first_of(allowed_[minute]);

    // At most forty years: 29 February on a Sunday, over a century that has no leap day.
    for (;; at += std::chrono::months(1), first_day = 1) {
        if (const auto number = static_cast<unsigned>(at.month()); !has(allowed_[month], number)) {
            const auto later = at_least(allowed_[month], number);
            at = later ? at.year() / static_cast<int>(*later)
                       : (at.year() + std::chrono::years(1)) / static_cast<int>(first_of(allowed_[month]));
            first_day = 1;
        }
        const auto matching = days_of(at);
        auto found = at_least(matching, first_day);
        if (found && at / static_cast<int>(*found) == date) {
            if (hour_today)
                return today + hours(*hour_today) + minutes(minute_today);
            found = at_least(matching, first_day + 1);
        }
        if (found)
            return local_days(at / static_cast<int>(*found)) + hours(first_of(allowed_[hour])) +
                   minutes(first_of(allowed_[minute]));
    }
}

wall_time cron::next(wall_time after, const time_zone& zone) const {
    for (auto shown = zone.to_local(after);;) {
        shown = next(shown);
        const auto at = zone.to_wall(shown);
        if (at > after)
            return at;
        // Clocks show this for the second time now, and it ran the first time. On behind what they repeat.
        const auto repeated = zone.period_at(after);
        const auto before = zone.period_at(repeated.begin - duration(1));
        shown = std::max(shown, local_time(repeated.begin.time_since_epoch() + before.offset) - minutes(1));
    }
}

bool cron::matches(local_time minute_of) const {
    const auto date = floor<days>(minute_of);
    const std::chrono::year_month_day ymd{date};
    const auto of_day = static_cast<unsigned>(floor<minutes>(minute_of - date).count());
    return has(allowed_[month], static_cast<unsigned>(ymd.month())) &&
           has(days_of({ymd.year(), ymd.month()}), static_cast<unsigned>(ymd.day())) &&
           has(allowed_[hour], of_day / 60) && has(allowed_[minute], of_day % 60);
}

}  // namespace tunnelkeyd::core
