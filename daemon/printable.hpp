#pragma once

#include <string>
#include <string_view>

/// What peers sent is escaped before people see it, so that no reply forges a line, and no terminal obeys one.
namespace tunnelkeyd::daemon {

/// On one line of printable ASCII, whatever it holds: all else is written as JSON does, `\n` or `\u202e`.
std::string printable(std::string_view text);

/// The same as a JSON string, with its quotes.
std::string printable_json(std::string_view text);

}  // namespace tunnelkeyd::daemon
