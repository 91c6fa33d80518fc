#pragma once

#include "core/health.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// `/status` as read by a command: see serve/status_json.hpp for what each field means. All texts are
/// printable; times and texts that were null are nothing and "".
namespace tunnelkeyd::daemon {

struct problem_view {
    std::string of;  ///< a tunnel's name, "organization acme" or "the daemon"
    core::health severity = core::health::degraded;
    std::string code;
    std::string message;
    std::string remedy;
    std::optional<core::wall_time> since;
};

struct rotation_view {
    std::string reason;
    std::optional<core::wall_time> began_at;
    unsigned regenerates = 0;
    unsigned installs = 0;
};

struct preflight_view {
    std::optional<core::wall_time> at;
    bool passed = true;
    std::string problem;
    std::string remedy;
};

struct tunnel_view {
    std::string name;
    std::string organization;
    std::string organization_id;
    std::string hostname;
    std::string instance_url;
    bool configured = true;
    std::string state;
    core::health status = core::health::ok;
    std::optional<core::wall_time> last_success;
    std::optional<core::wall_time> paused_at;
    std::optional<core::wall_time> next_at;
    std::string next_reason;
    std::optional<rotation_view> rotation;
    std::optional<core::wall_time> gap_opened_at;
    bool key_pending = false;
    bool confirmation_owed = false;
    unsigned failures = 0;
    std::string last_error;
    std::optional<core::wall_time> retry_at;
    std::optional<preflight_view> preflight;
    std::optional<core::wall_time> credential_expires;
    std::optional<core::wall_time> client_certificate_expires;
    std::uint64_t installed = 0;        ///< rotations that ended so in this run of the daemon
    std::uint64_t ended_otherwise = 0;  ///< and those that did not
    std::vector<problem_view> problems;
};

struct status_view {
    core::wall_time at;
    std::optional<core::wall_time> started_at;  ///< nothing: no daemon runs
    std::string not_ready;                      ///< "": it is
    core::health verdict = core::health::ok;
    std::vector<std::string> needs_restart;
    std::vector<problem_view> problems;  ///< of the daemon, then of organizations
    /// Organizations by name, and how many of their tunnels wait for cloud.requests_per_minute.
    std::vector<std::pair<std::string, std::size_t>> limited;
    std::vector<tunnel_view> tunnels;
};

/// Throws std::runtime_error where that is not what it says.
status_view read_status(const std::string& json);

/// The verdict on everything alone, which stands at the beginning of megabytes. Throws likewise.
core::health read_verdict(const std::string& json);

}  // namespace tunnelkeyd::daemon
