#include "daemon/plan_text.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

namespace {

using std::chrono::days;
using std::chrono::floor;
using row = std::array<std::string, 4>;

/// "Sat 2026-12-05 03:00 CET"
std::string local_text(core::wall_time at, const core::time_zone& zone) {
    constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const auto shown = zone.to_local(at);
    const auto day = floor<days>(shown);
    return std::string(weekdays[std::chrono::weekday(day).c_encoding()]) + ' ' +
           core::to_date(core::wall_time(shown.time_since_epoch())) + ' ' +
           core::to_hour_text(floor<std::chrono::minutes>(shown - day)) + ' ' + zone.abbreviation_at(at);
}

std::string shut_out_text(core::duration length) {
    return length == core::duration(0) ? "" : "windows: +" + core::to_short_string(length);
}

std::vector<row> table(const plan_view& plan) {
    std::vector<row> rows{{"when", "tunnel", "why", ""}};
    for (const auto& each : plan.rotations.first(std::min(plan.rotations.size(), rotations_shown))) {
        const auto& settings = plan.settings(each);
        rows.push_back({local_text(each.at, settings.schedule.zone), settings.name,
                        std::string(to_string(each.why)), shut_out_text(each.shut_out)});
    }
    return rows;
}

void print_table(std::ostream& out, const std::vector<row>& rows) {
    std::array<std::size_t, std::tuple_size_v<row>> widths{};
    for (const auto& each : rows)
        for (std::size_t i = 0; i < each.size(); ++i)
            widths[i] = std::max(widths[i], each[i].size());
    for (const auto& each : rows) {
        std::string line;
        for (std::size_t i = 0; i < each.size(); ++i)
            line += each[i] + std::string(widths[i] - each[i].size() + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }
}

}  // namespace

void print_plan_text(std::ostream& out, const plan_view& plan) {
    const auto count = plan.rotations.size();
    out << (count == 0 ? "no" : std::to_string(count)) << (count == 1 ? " rotation" : " rotations") << " from "
        << core::to_iso8601(plan.range.from) << " to " << core::to_iso8601(plan.range.end()) << '\n';
    if (count > 0) {
        out << '\n';
        print_table(out, table(plan));
    }
    if (count > rotations_shown)
        out << "... and " << count - rotations_shown << " more (--json has all)\n";
    if (!plan.notes.empty())
        out << "\nNotes\n";
    for (const auto& note : plan.notes)
        out << "- " << note << '\n';
    print_plan_calendar(out, plan);
}

}  // namespace tunnelkeyd::daemon
