#include "core/time.hpp"

#include <date/date.h>

#include <array>
#include <cctype>
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

std::string to_iso8601(wall_time at) {
    return date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(at));
}

std::string to_iso8601_milliseconds(wall_time at) {
    return date::format("%FT%TZ", at);
}

std::string to_date(wall_time at) {
    return date::format("%F", std::chrono::floor<std::chrono::days>(at));
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

}  // namespace tunnelkeyd::core
