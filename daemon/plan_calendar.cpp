#include "daemon/plan_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <string>

namespace tunnelkeyd::daemon {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr std::array weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

class calendar {
public:
    explicit calendar(const plan_view& plan)
        : first_(floor<days>(plan.range.from)), last_(floor<days>(plan.range.end())) {
        std::size_t most = 0;
        for (const auto& each : plan.rotations)
            most = std::max(most, ++counts_[floor<days>(each.at)]);
        width_ = std::max<std::size_t>(5, std::to_string(most).size() + 2);
    }

    void print(std::ostream& out) const {
        const auto month_of = [](sys_days day) {
            const year_month_day date{day};
            return date.year() / date.month();
        };
        const auto end = month_of(last_);
        std::size_t printed = 0;
        for (auto month = month_of(first_); month <= end; month += std::chrono::months(1), ++printed) {
            if (printed == months_shown) {
                out << "\n... and " << (end - month).count() + 1 << " more months (--json has all rotations)\n";
                return;
            }
            print_month(out, month);
        }
    }

private:
    void print_month(std::ostream& out, year_month month) const {
        constexpr std::array names{"January", "February", "March",     "April",   "May",      "June",
                                   "July",    "August",   "September", "October", "November", "December"};
        out << '\n'
            << names[static_cast<unsigned>(month.month()) - 1] << ' ' << static_cast<int>(month.year())
            << ", rotations a day (UTC)\n"
            << std::string(5, ' ');
        for (const auto* name : weekdays)
            out << padded(name);
        out << '\n';
        const sys_days from = std::max<sys_days>(first_, month / 1);
        const sys_days to = std::min<sys_days>(last_, month / std::chrono::last);
        const auto since_monday = std::chrono::weekday(from) - std::chrono::Monday;
        for (auto monday = from - since_monday; monday <= to; monday += days(7))
            print_week(out, monday, from, to);
    }

    /// The days from `from` to `to` of the week that begins on `monday`.
    void print_week(std::ostream& out, sys_days monday, sys_days from, sys_days to) const {
        const auto number = [](sys_days day) {
            const auto text = std::to_string(static_cast<unsigned>(year_month_day(day).day()));
            return text.size() < 2 ? ' ' + text : text;
        };
        std::string line = number(std::max(monday, from)) + '-' + number(std::min(monday + days(6), to));
        for (auto day = monday; day < monday + days(7); day += days(1))
            line += padded(day < from || day > to ? "" : count_of(day));
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }

    [[nodiscard]] std::string count_of(sys_days day) const {
        const auto found = counts_.find(day);
        return found == counts_.end() ? "." : std::to_string(found->second);
    }

    [[nodiscard]] std::string padded(const std::string& text) const {
        return std::string(width_ - text.size(), ' ') + text;
    }

    sys_days first_;
    sys_days last_;
    std::map<sys_days, std::size_t> counts_;
    std::size_t width_;
};

}  // namespace

void print_plan_calendar(std::ostream& out, const plan_view& plan) {
    calendar(plan).print(out);
}

}  // namespace tunnelkeyd::daemon
