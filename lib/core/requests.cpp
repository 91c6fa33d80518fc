#include "core/requests.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

std::string_view to_string(check_line::result came_out) {
    switch (came_out) {
    case check_line::result::passed:
        return "passed";
    case check_line::result::warning:
        return "warning";
    case check_line::result::failed:
        return "failed";
    case check_line::result::skipped:
        return "skipped";
    }
    return {};
}

bool examination::passed() const {
    return std::none_of(lines.begin(), lines.end(),
                        [](const check_line& line) { return line.came_out == check_line::result::failed; });
}

}  // namespace tunnelkeyd::core
