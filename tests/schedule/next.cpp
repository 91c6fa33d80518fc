#include "core/schedule/cron.hpp"

#include <iostream>
#include <sstream>
#include <string>

// Reads lines "EXPRESSION <tab> ZONE <tab> TIME <tab> COUNT" and prints, a line for each, the next COUNT
// occurrences after TIME in UTC, or what is wrong with it. For comparing with other programs.

using namespace tunnelkeyd::core;

namespace {

std::string answer(const std::string& line) {
    std::istringstream in(line);
    std::string expression, zone_name, time, count;
    std::getline(in, expression, '\t');
    std::getline(in, zone_name, '\t');
    std::getline(in, time, '\t');
    std::getline(in, count);
    const auto made = cron::parse(expression);
    if (const auto* problem = std::get_if<std::string>(&made))
        return "wrong: " + *problem;
    const auto zone = time_zone::find(zone_name);
    auto at = parse_iso8601(time);
    if (!zone || !at)
        return "wrong: no such time zone, or no time";
    std::string found;
    for (auto left = std::stoul(count); left > 0; --left) {
        at = std::get<cron>(made).next(*at, *zone);
        found += (found.empty() ? "" : " ") + to_iso8601(*at);
    }
    return found;
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answer(line) << '\n';
}
