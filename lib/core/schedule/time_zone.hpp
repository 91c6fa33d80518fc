#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace date {
class time_zone;
}

namespace tunnelkeyd::core {

/// What a clock on the wall of a place shows.
using local_time = std::chrono::local_time<duration>;

/// A time zone of the system's tz database (IANA names), as the process first found it: a newer database counts
/// from the next start. A plain value; its rules live as long as the process. From any thread.
///
/// Debian's database lists the changes of clocks until 2037 (of some zones, until later). Behind that date's
/// library takes the last offset for good: a zone with summer time then has winter time all year.
class time_zone {
public:
    /// UTC.
    time_zone() = default;

    /// Nothing where the database has no such zone, or there is no database.
    static std::optional<time_zone> find(std::string_view name);
    /// All names, for suggestions. None where there is no database.
    static std::vector<std::string_view> names();

    [[nodiscard]] std::string_view name() const noexcept;

    [[nodiscard]] local_time to_local(wall_time at) const;

    /// The first instant at which clocks show `at`; where they skip it, the first instant after the gap. So it
    /// never runs backwards: a later `at` is never an earlier instant.
    [[nodiscard]] wall_time to_wall(local_time at) const;

    /// A time without a change of clocks: local time is UTC plus `offset` in [begin, end).
    struct period {
        wall_time begin;
        wall_time end;
        duration offset;
    };
    [[nodiscard]] period period_at(wall_time at) const;

    /// What people call local time then: "CET", or an offset such as "+08" where there is no such name.
    [[nodiscard]] std::string abbreviation_at(wall_time at) const;

    bool operator==(const time_zone&) const = default;

private:
    explicit time_zone(const date::time_zone* zone) : zone_(zone) {}

    const date::time_zone* zone_ = nullptr;  ///< null: UTC
};

}  // namespace tunnelkeyd::core
