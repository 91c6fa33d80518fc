#include "support/metrics_text.hpp"

#include <sstream>
#include <stdexcept>

namespace tunnelkeyd::testing {

std::size_t metrics_text::count(const std::string& prefix) const {
    std::size_t found = 0;
    for (auto at = series.lower_bound(prefix); at != series.end() && at->first.starts_with(prefix); ++at)
        ++found;
    return found;
}

metrics_text parse_metrics(const std::string& text) {
    metrics_text parsed;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
            const auto name_end = line.find(' ', 7);
            const auto name = line.substr(7, name_end - 7);
            const auto rest = line.substr(name_end + 1);
            if (line[2] == 'T' && !parsed.types.emplace(name, rest).second)
                throw std::runtime_error("a family is there twice: " + name);
            if (line[2] == 'H' && rest.size() > 10)
                parsed.helps.insert(name);
            continue;
        }
        const auto space = line.rfind(' ');
        std::size_t used = 0;
        const auto value = std::stod(line.substr(space + 1), &used);
        if (used != line.size() - space - 1 || !parsed.series.emplace(line.substr(0, space), value).second)
            throw std::runtime_error("a bad line, or a series that is there twice: " + line);
    }
    return parsed;
}

}  // namespace tunnelkeyd::testing
