#include "core/forecast_parts.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace tunnelkeyd::core {

namespace {

using std::chrono::floor;

/// Clocks went by `before`, and go by `after` from its beginning on.
struct clock_change {
    time_zone::period before;
    time_zone::period after;

    [[nodiscard]] wall_time at() const { return after.begin; }
    [[nodiscard]] bool forward() const { return after.offset > before.offset; }
    /// What they show at that moment, by the old rule and by the new.
    [[nodiscard]] local_time old_time() const {
        return local_time(after.begin.time_since_epoch() + before.offset);
    }
    [[nodiscard]] local_time new_time() const {
        return local_time(after.begin.time_since_epoch() + after.offset);
    }
};

std::vector<clock_change> changes(const time_zone& zone, wall_time after, wall_time until) {
    std::vector<clock_change> found;
    for (auto before = zone.period_at(after); before.end <= until;) {
        const auto next = zone.period_at(before.end);
        if (next.begin <= before.begin)
            break;
        if (next.offset != before.offset)
            found.push_back({before, next});
        before = next;
    }
    return found;
}

std::string hour_and_minute(local_time at) {
    return to_hour_text(floor<std::chrono::minutes>(at - floor<std::chrono::days>(at)));
}

/// What becomes of the first occurrence that the change concerns; "" if it concerns none.
std::string effect(const clock_change& change, const cron& plan) {
    const auto from = change.forward() ? change.old_time() : change.new_time();
    const auto to = change.forward() ? change.new_time() : change.old_time();
    const auto occurrence = plan.next(from - duration(1));
    if (occurrence >= to)
        return {};
    const auto time = hour_and_minute(occurrence);
    const auto quoted = "\"" + plan.text() + "\"";
    if (!change.forward())
        return time + " comes twice, and " + quoted + " counts the first";
    if (plan.matches(to))
        return time + " does not exist, and " + quoted + " leaves it out";
    return time + " does not exist, and " + quoted + " comes at " + hour_and_minute(to);
}

}  // namespace

std::vector<std::string> clock_change_notes(std::span<const forecast_tunnel> tunnels,
                                            const forecast_range& range) {
    std::map<std::pair<std::string_view, std::string_view>, std::vector<const tunnel*>> alike;
    for (const auto& each : tunnels)
        if (const auto& plan = each.settings->schedule;
            plan.cron && plan.zone != time_zone() && !(each.record && each.record->paused_at))
            alike[{plan.zone.name(), plan.cron->text()}].push_back(each.settings);

    std::multimap<wall_time, std::string> notes;
    for (const auto& [key, concerned] : alike) {
        const auto& plan = concerned.front()->schedule;
        for (const auto& change : changes(plan.zone, range.from, range.end()))
            if (const auto what = effect(change, *plan.cron); !what.empty())
                notes.emplace(change.at(), "clocks of " + std::string(key.first) + " go " +
                                               (change.forward() ? "forward" : "back") + " on " +
                                               to_date(wall_time(change.old_time().time_since_epoch())) +
                                               " at " + hour_and_minute(change.old_time()) + ": " + what +
                                               " (" + name_some(concerned) + ")");
    }
    std::vector<std::string> sorted;
    for (auto& [at, note] : notes)
        sorted.push_back(std::move(note));
    return sorted;
}

}  // namespace tunnelkeyd::core
