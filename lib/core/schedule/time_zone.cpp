#include "core/schedule/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace tunnelkeyd::core {

namespace {

// The years 1 to 9999: what the database gives for "always" does not fit into milliseconds.
constexpr date::sys_seconds earliest{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
constexpr date::sys_seconds latest{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

wall_time to_instant(date::sys_seconds at) {
    return std::clamp(at, earliest, latest);
}

date::sys_info rules_at(const date::time_zone& zone, wall_time at) {
    return zone.get_info(std::chrono::floor<std::chrono::seconds>(at));
}

}  // namespace

std::optional<time_zone> time_zone::find(std::string_view name) try {
    if (name == "UTC")
        return time_zone();
    const auto* found = date::locate_zone(name);
    static_cast<void>(found->get_info(date::sys_seconds{}));  // reads its rules, once for all
    return time_zone(found);
} catch (const std::exception&) {
    return std::nullopt;
}

std::vector<std::string_view> time_zone::names() try {
    std::vector<std::string_view> found;
    for (const auto& zone : date::get_tzdb().zones)
        found.emplace_back(zone.name());
    return found;
} catch (const std::exception&) {
    return {};
}

std::string_view time_zone::name() const noexcept {
    return zone_ == nullptr ? std::string_view("UTC") : std::string_view(zone_->name());
}

local_time time_zone::to_local(wall_time at) const {
    return local_time(at.time_since_epoch() + period_at(at).offset);
}

wall_time time_zone::to_wall(local_time at) const {
    if (zone_ == nullptr)
        return wall_time(at.time_since_epoch());
    const auto whole = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
    const auto found = zone_->get_info(date::local_seconds(whole));
    if (found.result == date::local_info::nonexistent)
        return to_instant(found.second.begin);
    return wall_time(at.time_since_epoch() - found.first.offset);
}

time_zone::period time_zone::period_at(wall_time at) const {
    if (zone_ == nullptr)
        return {earliest, latest, duration(0)};
    const auto found = rules_at(*zone_, at);
    return {to_instant(found.begin), to_instant(found.end), found.offset};
}

std::string time_zone::abbreviation_at(wall_time at) const {
    return zone_ == nullptr ? "UTC" : rules_at(*zone_, at).abbrev;
}

}  // namespace tunnelkeyd::core
