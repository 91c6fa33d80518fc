#pragma once

#include "core/requests.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What operations are answered with, as docs/control.md has it: one line each. Names
/// are stable; times are ISO 8601 in UTC; what is not there is null.
namespace tunnelkeyd::serve {

std::string text_of(const core::reload_outcome& done);
std::string text_of(const core::rotate_report& done);
std::string text_of(const core::pause_report& done);
std::string text_of(const std::vector<core::pause_report>& done);  ///< of a command
std::string text_of(const core::examination& done);
std::string text_of(const std::vector<core::past_rotation>& done);
std::string text_of(const std::vector<core::pending_report>& done);
std::string text_of(const core::resolve_report& done);
std::string text_of(const core::refusal& refused);

/// As requests and answers spell it.
std::string_view word_of(core::resolution how);

/// With the key.
core::secret text_of(const core::revealed_key& done);

}  // namespace tunnelkeyd::serve
