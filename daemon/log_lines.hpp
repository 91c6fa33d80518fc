#pragma once

#include "core/notice.hpp"

#include <string>
#include <string_view>

/// An event as a line, without its time. What peers sent is escaped, so that no reply forges a line, and no
/// terminal obeys one. `tunnel` is "" for an event of the daemon as a whole.
namespace tunnelkeyd::daemon {

/// "rotation.minted tunnel=jira: the cloud made a new key"
std::string headline(std::string_view tunnel, const core::notice& event);

/// "info  rotation.minted tunnel=jira generation=3: the cloud made a new key"
std::string as_text(std::string_view tunnel, const core::notice& event);

/// The members of a JSON object, without its braces: "level", "event", "tunnel", the fields, "message".
std::string as_json(std::string_view tunnel, const core::notice& event);

}  // namespace tunnelkeyd::daemon
