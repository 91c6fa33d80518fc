#include "core/time.hpp"

#include <date/date.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace tunnelkeyd::core {

namespace {

struct unit {
    std::string_view name;
    duration length;
};

constexpr std::array units{
    unit{"d", std::chrono::days(1)},          unit{"h", std::chrono::hours(1)},
    unit{"m", std::chrono::minutes(1)},       unit{"s", std::chrono::seconds(1)},
    unit{"ms", std::chrono::milliseconds(1)},
};

constexpr duration longest = std::chrono::days(36'525);

std::optional<wall_time> parse_with(const char* format, std::string_view text) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    wall_time at;
    in >> date::parse(format, at);
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof())
        return std::nullopt;
    return at;
}

}  // namespace

// Each notice of a rotation has such a time: date's own format(), by way of a stream and its locale, takes
// twenty times as long.
std::string to_iso8601(wall_time at) {
    const date::hh_mm_ss time(
        std::chrono::floor<std::chrono::seconds>(at - std::chrono::floor<std::chrono::days>(at)));
    std::array<char, 16> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "T%02d:%02d:%02dZ", static_cast<int>(time.hours().count()),
                      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return to_date(at).append(text.data(), static_cast<std::size_t>(size));
}

std::string to_iso8601_milliseconds(wall_time at) {
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    auto text = to_iso8601(second);
    auto rest = std::to_string((at - second).count());
    text.replace(text.size() - 1, 1, "." + std::string(3 - rest.size(), '0') + rest + "Z");
    return text;
}

std::string to_hour_text(std::chrono::minutes since_midnight) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(since_midnight.count() / 60),
                  static_cast<int>(since_midnight.count() % 60));
    return text.data();
}

std::string to_date(wall_time at) {
    const date::year_month_day day(std::chrono::floor<std::chrono::days>(at));
    std::array<char, 32> text{};
    const int year = static_cast<int>(day.year());
    const int size =
        std::snprintf(text.data(), text.size(), "%s%04d-%02u-%02u", year < 0 ? "-" : "", std::abs(year),
                      static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<wall_time> parse_date(std::string_view text) {
    if (text.size() != std::string_view("YYYY-MM-DD").size())
        return std::nullopt;
    const auto at = parse_with("%F", text);
    return at && to_date(*at) == text ? at : std::nullopt;  // it reads " 2026-1-05" too
}

std::optional<wall_time> parse_iso8601(std::string_view text) {
    if (text.size() > 40)
        return std::nullopt;
    for (const char* format : {"%FT%TZ", "%FT%T%Ez", "%FT%T%z", "%FT%H:%MZ"})
        if (auto at = parse_with(format, text))
            return at;
    return std::nullopt;
}

std::optional<wall_time> parse_http_date(std::string_view text) {
    if (text.size() > 40)
        return std::nullopt;
    for (const char* format : {"%a, %d %b %Y %T GMT", "%A, %d-%b-%y %T GMT", "%a %b %e %T %Y"})
        if (auto at = parse_with(format, text))
            return at;
    return std::nullopt;
}

std::optional<duration> parse_duration(std::string_view text) {
    duration total{0};
    auto next_unit = units.begin();
    if (text.empty())
        return std::nullopt;
    while (!text.empty()) {
        std::int64_t value = 0;
        std::size_t digits = 0;
        while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) && digits < 13)
            value = value * 10 + (text[digits++] - '0');
        std::size_t letters = digits;
        while (letters < text.size() && std::isalpha(static_cast<unsigned char>(text[letters])))
            ++letters;
        const auto name = text.substr(digits, letters - digits);
        while (next_unit != units.end() && next_unit->name != name)
            ++next_unit;
        if (digits == 0 || next_unit == units.end() || value > longest / next_unit->length)
            return std::nullopt;
        total += value * next_unit->length;
        ++next_unit;
        text.remove_prefix(letters);
    }
    return total <= longest ? std::optional(total) : std::nullopt;
}

std::string to_string(duration length) {
    if (length == duration::zero())
        return "0s";
    std::string text;
    if (length < duration::zero()) {
        text = "-";
        length = -length;
    }
    for (const auto& [name, size] : units) {
        if (const auto count = length / size; count > 0) {
            text += std::to_string(count);
            text += name;
            length -= count * size;
        }
    }
    return text;
}

std::string to_short_string(duration length) {
    using std::chrono::minutes;
    return to_string(length < minutes(1) ? length : std::chrono::floor<minutes>(length));
}

}  // namespace tunnelkeyd::core
