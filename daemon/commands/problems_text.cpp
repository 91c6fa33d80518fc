#include "daemon/commands/relative_time.hpp"
#include "daemon/commands/status_text.hpp"
#include "daemon/commands/wrap.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <tuple>

namespace tunnelkeyd::daemon {

namespace {

/// What is the same for all that have it.
auto same(const problem_view& each) {
    return std::tie(each.severity, each.code, each.message, each.remedy);
}

struct shared_problem {
    problem_view what;            ///< since when the first of them has it
    std::vector<std::string> of;  ///< whose it is
};

/// An unknown time is no long time.
core::wall_time began(const problem_view& each) {
    return each.since.value_or(core::wall_time::max());
}

/// Another one's message says it too, with the same remedy: an open gap's, with the last error; and who is held
/// has a gap.
bool is_said(const problem_view& each, const std::vector<problem_view>& by) {
    return std::any_of(by.begin(), by.end(), [&](const auto& other) {
        if (other.of == each.of && other.code == "held" && each.code == "gap_open")
            return true;
        return other.of == each.of && other.remedy == each.remedy && other.code != each.code &&
               other.message.size() > each.message.size() &&
               other.message.find(each.message) != std::string::npos;
    });
}

std::vector<shared_problem> gathered(std::vector<problem_view> problems) {
    std::stable_sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) {
        return a.severity != b.severity ? a.severity > b.severity : began(a) < began(b);
    });
    const auto every = problems;
    std::erase_if(problems, [&](const auto& each) { return is_said(each, every); });
    std::map<std::tuple<core::health, std::string, std::string, std::string>, std::size_t> places;
    std::vector<shared_problem> all;
    for (auto& each : problems) {
        const auto [place, added] = places.emplace(same(each), all.size());
        if (added)
            all.push_back({each, {}});
        all[place->second].of.push_back(std::move(each.of));
    }
    return all;
}

std::string names(const std::vector<std::string>& of) {
    if (of.size() == 1)
        return of.front();
    if (of.size() == 2)
        return of[0] + " and " + of[1];
    const auto more = of.size() - 2;
    return of[0] + ", " + of[1] + " and " + std::to_string(more) + " more";
}

void print_problem(std::ostream& out, const shared_problem& shared, core::wall_time now, const display& on) {
    const auto& what = shared.what;
    // Painted only behind the wrapping: colours have no width.
    auto head = wrapped(
        "",
        names(shared.of) + ": " + shouted(what.severity) + " " + what.code +
            (what.since ? " for " + brief(now - *what.since) + ", since " + core::to_iso8601(*what.since) : ""),
        on.columns);
    const auto mark = shouted(what.severity);
    if (const auto at = head.find(": " + mark); at != std::string::npos)
        head.replace(at + 2, mark.size(), painted(mark, paint_of(what.severity), on));
    out << head << wrapped("  ", what.message, on.columns) << wrapped("  -> ", what.remedy, on.columns);
}

/// "470 gap_open, 10 paused": of those that are not shown.
std::string counts(const std::vector<shared_problem>& problems, std::size_t from) {
    std::vector<std::pair<std::string, std::size_t>> found;
    for (auto i = from; i < problems.size(); ++i) {
        const auto& code = problems[i].what.code;
        auto known =
            std::find_if(found.begin(), found.end(), [&](const auto& each) { return each.first == code; });
        if (known == found.end())
            known = found.insert(found.end(), {code, 0});
        known->second += problems[i].of.size();
    }
    std::string text;
    for (const auto& [code, count] : found)
        text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + code;
    return text;
}

}  // namespace

void print_problems(std::ostream& out, std::vector<problem_view> problems, core::wall_time now, bool all,
                    const display& on) {
    const auto found = gathered(std::move(problems));
    const auto shown = all ? found.size() : std::min(found.size(), problems_shown);
    for (std::size_t i = 0; i < shown; ++i) {
        out << '\n';
        print_problem(out, found[i], now, on);
    }
    if (shown < found.size())
        out << '\n' << wrapped("... and ", counts(found, shown) + " (--all shows them)", on.columns);
}

paint paint_of(core::health verdict) {
    return verdict == core::health::ok         ? paint::green
           : verdict == core::health::degraded ? paint::yellow
                                               : paint::red;
}

std::string shouted(core::health verdict) {
    std::string text(core::to_string(verdict));
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return text;
}

}  // namespace tunnelkeyd::daemon
