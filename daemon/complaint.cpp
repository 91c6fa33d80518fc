#include "daemon/complaint.hpp"

#include "daemon/journal_entry.hpp"
#include "daemon/log_lines.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <utility>

namespace tunnelkeyd::daemon {

void complain(const core::notice& event, std::string_view before) {
    if (is_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO))
        std::cerr << '<' << journal_priority(event.level) << '>' << headline("", event) << '\n';
    else
        std::cerr << before << event.message << '\n';
}

core::notice failure(std::string message) {
    return {core::log_level::error, "daemon.failed", std::move(message), {}};
}

void complain_of_failure(const std::string& message) {
    std::istringstream lines(message);
    std::string_view before = "tunnelkeyd: ";
    for (std::string line; std::getline(lines, line); before = "")
        complain(failure(line), before);
}

}  // namespace tunnelkeyd::daemon
