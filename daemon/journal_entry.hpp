#pragma once

#include "core/notice.hpp"

#include <string>
#include <string_view>
#include <vector>

/// An event as an entry of systemd's journal.
namespace tunnelkeyd::daemon {

/// syslog(3): error 3, warn 4, info 6, all else 7.
int journal_priority(core::log_level level);

/// "NAME=value": MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, EVENT, TUNNEL where there is one, and each of the
/// event's own fields under its name in upper case. Values but MESSAGE are the bytes as they are.
std::vector<std::string> journal_fields(std::string_view tunnel, const core::notice& event);

/// Whether the journal took it. Not while its socket is gone.
bool send_to_journal(const std::vector<std::string>& fields);

/// Whether standard error is connected to the journal, as `journal_stream` ($JOURNAL_STREAM, or null) says
/// (systemd.exec(5)). It is inherited by children whose standard error may be another.
bool is_journal(const char* journal_stream, int descriptor);

}  // namespace tunnelkeyd::daemon
