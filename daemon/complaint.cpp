#include "daemon/complaint.hpp"

#include "daemon/journal_entry.hpp"
#include "daemon/log_lines.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace tunnelkeyd::daemon {

void complain(const core::notice& event, std::string_view before) {
    if (is_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO))
        std::cerr << '<' << journal_priority(event.level) << '>' << headline("", event) << '\n';
    else
        std::cerr << before << event.message << '\n';
}

}  // namespace tunnelkeyd::daemon
