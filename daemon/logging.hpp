#pragma once

#include "core/config.hpp"
#include "ports/log.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

/// Events to standard error, one a line: text, in colour on a terminal, or JSON (`log.format`; `auto` is text
/// on a terminal and JSON elsewhere). What peers sent is escaped, so that no reply forges a line. Thread-safe.
std::unique_ptr<ports::log> make_log(const core::log_settings& settings);

}  // namespace tunnelkeyd::daemon
