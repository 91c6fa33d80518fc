#pragma once

#include "core/schedule/time_zone.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tunnelkeyd::core {

/// When to run, as in a crontab: "minute hour day-of-month month day-of-week" (crontab(5) of Debian's cron),
/// or @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly. Lists, ranges, steps, names in any
/// case; 7 is Sunday, too. A day matches if both the day of the month and the day of the week do; where neither
/// begins with `*`, if either does.
///
/// An expression that never comes true cannot be made. A plain value; compared by its text.
class cron {
public:
    /// The expression, or what is wrong with it: a sentence without its subject, for people.
    static std::variant<cron, std::string> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// The first occurrence strictly after `after`. A time that clocks skip is the first instant after the gap;
    /// one that they show twice counts once, the first time.
    [[nodiscard]] wall_time next(wall_time after, const time_zone& zone) const;

    /// The first matching minute strictly after `after`, where clocks never change.
    [[nodiscard]] local_time next(local_time after) const;

    [[nodiscard]] bool matches(local_time minute) const;

    bool operator==(const cron& other) const noexcept { return text_ == other.text_; }

private:
    enum part : std::size_t { minute, hour, day, month, weekday, part_count };

    cron() = default;
    [[nodiscard]] std::optional<std::string> read(std::string_view fields);
    [[nodiscard]] std::uint64_t days_of(std::chrono::year_month of) const;
    [[nodiscard]] bool ever_comes() const;

    std::string text_;
    std::array<std::uint64_t, part_count> allowed_{};  ///< a bit for each value; Sunday is 0
    bool either_day_ = false;                          ///< day of month or day of week, not both
};

}  // namespace tunnelkeyd::core
