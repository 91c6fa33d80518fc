#pragma once

#include "core/overview.hpp"

#include <string>
#include <string_view>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// All of it, and a line end. Names are stable; times are ISO 8601 in UTC; what is not there is null.
///
/// {"at", "daemon": {"version", "started_at", "ready", "not_ready_because", "status",
///                   "cloud_client_certificate_expires", "problems",
///                   "configuration": {"loaded_at", "failed_at", "errors", "needs_restart"}},
///  "organizations": [{"name", "api_key_expires", "status", "problems"}],
///  "tunnels": [{"name", "organization", "organization_id", "hostname", "instance_url", "configured", "state",
///               "status", "last_success", "paused_at", "next": {"at", "reason"},
///               "rotation": {"reason", "began_at", "regenerates", "installs"},
///               "gap_opened_at", "key_pending", "confirmation_owed", "failures", "last_error", "retry_at",
///               "preflight": {"at", "passed", "check", "problem", "remedy"}, "credential_expires",
///               "client_certificate_expires", "rotations": {"installed", "refused", "preflight_failed",
///               "store_failed"}, "problems"}]}
///
/// daemon.status is the verdict on everything. A problem is {"severity", "code", "message", "remedy", "since"}.
std::string status_json(const core::overview& seen);

/// The same with the tunnel of this name alone: with each of them, where one has taken the name of another that
/// is still being finished. "" if there is none.
std::string status_json(const core::overview& seen, std::string_view name);

}  // namespace tunnelkeyd::serve
