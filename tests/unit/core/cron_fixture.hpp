#pragma once

#include "core/schedule/cron.hpp"
#include "support/schedules.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tunnelkeyd::core::testing {

using tests::cron_of;
using tests::zone_of;

/// What parse() says of an expression that is wrong; nothing of one that is right.
inline std::string problem_of(std::string_view text) {
    const auto made = cron::parse(text);
    const auto* problem = std::get_if<std::string>(&made);
    return problem == nullptr ? "" : *problem;
}

/// 2026-03-29T01:00:00Z
inline wall_time utc(std::string_view text) {
    const auto at = parse_iso8601(text);
    if (!at)
        throw std::runtime_error("no time: " + std::string(text));
    return *at;
}

/// The `count` occurrences after `after`, in UTC.
inline std::vector<std::string> occurrences(std::string_view text, const time_zone& zone,
                                            std::string_view after, int count) {
    const auto expression = cron_of(text);
    std::vector<std::string> found;
    for (auto at = utc(after); count > 0; --count) {
        at = expression.next(at, zone);
        found.push_back(to_iso8601(at));
    }
    return found;
}

/// The same where clocks never change.
inline std::vector<std::string> occurrences(std::string_view text, std::string_view after, int count) {
    return occurrences(text, time_zone(), after, count);
}

/// The instants within [from, to) at which clocks change.
inline std::vector<wall_time> transitions(const time_zone& zone, wall_time from, wall_time to) {
    std::vector<wall_time> found;
    for (auto end = zone.period_at(from).end; end < to; end = zone.period_at(end).end)
        found.push_back(end);
    return found;
}

}  // namespace tunnelkeyd::core::testing
