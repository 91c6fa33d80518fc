#pragma once

#include "core/overview.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// {"status", "at", "tunnels": {"total", "ok", "degraded", "failing"}, "problems": [...]}, and a line end. Each
/// problem is {"tunnel" or "organization" or neither, "severity", "code", "message", "remedy", "since" where
/// that is known}; the worst come first, and of those equally bad the daemon's, the organizations', the
/// tunnels'.
std::string health_json(const core::overview& seen);

struct tunnel_health {
    core::health verdict = core::health::ok;
    std::string text;
};

/// {"tunnel", "status", "at", "problems": [...]} of the tunnel with this name: of each of them, where one has
/// taken the name of another that is still being finished. Nothing if there is none.
std::optional<tunnel_health> health_json(const core::overview& seen, std::string_view name);

}  // namespace tunnelkeyd::serve
