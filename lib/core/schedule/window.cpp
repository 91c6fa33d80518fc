#include "core/schedule/window.hpp"

#include <algorithm>
#include <optional>

namespace tunnelkeyd::core {

namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr duration day = days(1);
constexpr duration farthest = days(14);
constexpr opening always{wall_time::min(), wall_time::max()};

/// Those of one local day, as far as they lie within `limits`, where local time is UTC plus `offset`.
void add_day(std::span<const window> windows, std::chrono::local_days date, duration offset, opening limits,
             std::vector<opening>& into) {
    const auto weekday = std::chrono::weekday(date).c_encoding();
    const wall_time midnight{duration(date.time_since_epoch()) - offset};
    for (const auto& each : windows) {
        if ((each.days >> weekday & 1) == 0)
            continue;
        const auto end = each.to > each.from ? duration(each.to) : each.to + day;
        const opening found{std::max(limits.from, midnight + each.from), std::min(limits.to, midnight + end)};
        if (found.from < found.to)
            into.push_back(found);
    }
}

/// Within [from, to), in order, none touching the next.
std::vector<opening> openings(std::span<const window> windows, const time_zone& zone, opening within) {
    std::vector<opening> found;
    for (auto at = within.from; at < within.to;) {
        const auto period = zone.period_at(at);
        const opening limits{at, std::min(within.to, period.end)};
        const auto local = [&](wall_time instant) {
            return floor<days>(local_time(instant.time_since_epoch() + period.offset));
        };
        // One that opened the day before may still be open.
        for (auto date = local(limits.from) - days(1); date <= local(limits.to); date += days(1))
            add_day(windows, date, period.offset, limits, found);
        at = limits.to;
    }
    std::sort(found.begin(), found.end(), [](const opening& a, const opening& b) { return a.from < b.from; });
    std::size_t last = 0;
    for (std::size_t i = 1; i < found.size(); ++i) {
        if (found[i].from <= found[last].to)
            found[last].to = std::max(found[last].to, found[i].to);
        else
            found[++last] = found[i];
    }
    found.resize(std::min(found.size(), last + 1));
    return found;
}

std::optional<opening> first_behind(wall_time at, const std::vector<opening>& among) {
    const auto found =
        std::find_if(among.begin(), among.end(), [&](const opening& each) { return each.to > at; });
    return found == among.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

opening next_opening(std::span<const window> windows, const time_zone& zone, wall_time at) {
    if (windows.empty())
        return always;
    // Mostly it is near.
    for (const auto reach : {day, 8 * day})
        if (const auto found = first_behind(at, openings(windows, zone, {at - reach, at + reach}));
            found && found->from > at - reach && found->to < at + reach)
            return *found;
    // A window opens each week; but for the hours that clocks skip, which they do twice a year.
    for (auto until = at + farthest;; until += farthest)
        if (const auto found = first_behind(at, openings(windows, zone, {at - farthest, until})))
            return *found;
}

duration open_time(std::span<const window> windows, const time_zone& zone, wall_time from, wall_time to) {
    if (windows.empty())
        return std::max(to - from, duration(0));
    duration sum{0};
    for (const auto& each : openings(windows, zone, {from, to}))
        sum += each.to - each.from;
    return sum;
}

wall_time after_open_time(std::span<const window> windows, const time_zone& zone, wall_time from,
                          duration length) {
    for (auto at = from;;) {
        const auto next = next_opening(windows, zone, at);
        const auto begin = std::max(at, next.from);
        if (next.to - begin >= length)
            return begin + length;
        length -= next.to - begin;
        at = next.to;
    }
}

}  // namespace tunnelkeyd::core
