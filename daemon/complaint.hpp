#pragma once

#include "core/notice.hpp"

#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

/// For what is said before there is an event_log, or instead of one, by a process that then ends: the message
/// as a line on standard error, after `before`. Where that is the journal, with the event's priority and name
/// in front; not as an entry with fields, since the journal may look for the sender's unit when the process is
/// gone.
void complain(const core::notice& event, std::string_view before = "tunnelkeyd: ");

/// Why the process ends: the error "daemon.failed".
core::notice failure(std::string message);

/// complain() of that, line by line: the journal would show all of them as one.
void complain_of_failure(const std::string& message);

}  // namespace tunnelkeyd::daemon
