#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Times and lengths of time. Everything is in milliseconds, so that a store and a log show what was used.
namespace tunnelkeyd::core {

using duration = std::chrono::milliseconds;

/// Wall-clock time in UTC. For schedules and for what people read; it may step.
using wall_time = std::chrono::sys_time<duration>;

/// Time that never steps back. For backoff, timeouts and anything measured.
using steady_time = std::chrono::time_point<std::chrono::steady_clock, duration>;

/// "Now" on both clocks. Code in core and app is given it and never asks a clock itself.
struct moment {
    wall_time wall;
    steady_time steady;
};

/// ISO 8601 in UTC, to the second: 2026-12-05T02:00:00Z.
std::string to_iso8601(wall_time at);
/// The same to the millisecond: 2026-12-05T02:00:00.000Z.
std::string to_iso8601_milliseconds(wall_time at);

/// "HH:MM" of a time of day: 03:00, 24:00.
std::string to_hour_text(std::chrono::minutes since_midnight);

/// The day in UTC: 2026-12-05.
std::string to_date(wall_time at);

/// The beginning, in UTC, of a day of the calendar: exactly YYYY-MM-DD.
std::optional<wall_time> parse_date(std::string_view text);

/// Accepts what APIs send in place of a date: ISO 8601 with `Z` or an offset, with or without a fraction.
std::optional<wall_time> parse_iso8601(std::string_view text);

/// Reads an HTTP date in any of its three forms (RFC 9110, section 5.6.7).
std::optional<wall_time> parse_http_date(std::string_view text);

/// `500ms 90s 15m 12h 30d 1h30m`: units once each, from large to small. Nothing for anything else, a value
/// without a unit, an empty text, or more than 100 years.
std::optional<duration> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads back as the same length: 1h30m, 500ms, 0s.
std::string to_string(duration length);

/// The same for people, without seconds from a minute on: 2d6h3m, 12s.
std::string to_short_string(duration length);

}  // namespace tunnelkeyd::core
