#pragma once

#include "core/health.hpp"
#include "core/identity.hpp"
#include "core/schedule/due.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// All that is going on, at one moment: what every endpoint shows. Copies, so that it may be rendered on any
/// thread while the event loop goes on.
namespace tunnelkeyd::core {

/// How much of an overview somebody wants.
struct extent {
    enum class kind : std::uint8_t {
        daemon,    ///< neither organizations nor tunnels
        problems,  ///< tunnels without a problem are counted only
        tunnel,    ///< one tunnel, and no organization
        everything,
    };
    kind what = kind::everything;
    std::string tunnel = {};  ///< its name, with kind::tunnel
};

struct preflight_report {
    wall_time at;
    std::optional<preflight_failure> failure;  ///< nothing: it passed
};

/// A client certificate, as its file has it.
struct client_certificate_overview {
    std::string file;
    wall_time ends;
};

/// The rotation under way, where there is one.
struct rotation_overview {
    reason why = reason::scheduled;
    wall_time began_at;
    unsigned regenerates = 0;  ///< requests so far
    unsigned installs = 0;
};

struct tunnel_overview {
    /// As configured; of a tunnel that has left the configuration, as kept in the journal, and null if that
    /// cannot be read.
    std::shared_ptr<const tunnel> settings;
    std::string name;
    identity id;
    bool configured = true;  ///< false: it has left the configuration, and is being finished
    std::string_view state;  ///< to_string(rotation::phase), or "orphaned"
    std::optional<wall_time> last_success;
    std::optional<wall_time> paused_at;  ///< a person paused it
    std::optional<due_time> next;        ///< of a configured tunnel
    std::optional<rotation_overview> rotation;
    std::optional<wall_time> gap_opened_at;  ///< nothing: the key gap is closed
    bool key_pending = false;                ///< a key is stored and not yet installed
    bool confirmation_owed = false;
    unsigned failures = 0;                      ///< in a row
    std::string last_error;                     ///< "" after a success
    std::optional<wall_time> retry_at;          ///< backs off until then
    std::optional<preflight_report> preflight;  ///< the last one of this run, in a rotation or in between
    std::optional<client_certificate_overview> client_certificate;  ///< nothing: none, or not known
    std::array<std::uint64_t, outcome_count> ended{};               ///< rotations of this run, by core::outcome
    std::vector<problem> problems;                                  ///< the worst first
};

struct organization_overview {
    std::string name;
    std::optional<wall_time> api_key_expires;
    std::vector<problem> problems;
    std::size_t waiting_for_rate_limit = 0;  ///< tunnels that cloud.requests_per_minute lets wait
};

struct overview {
    wall_time at;
    wall_time started_at;   ///< of the daemon; the epoch: none runs, and this is what the store holds
    std::string not_ready;  ///< "": configuration, store and schedules are up; else why not, for people
    reload_report reload;
    std::vector<problem> problems;                                        ///< of the daemon as such
    std::optional<client_certificate_overview> cloud_client_certificate;  ///< nothing: none, or not known
    std::vector<organization_overview> organizations;
    std::size_t well = 0;  ///< tunnels without a problem that are not listed
    std::vector<tunnel_overview>
        tunnels;  ///< the configured ones in the configuration's order, then the others
};

/// The worst of all problems in it.
health verdict_on(const overview& all);

}  // namespace tunnelkeyd::core
