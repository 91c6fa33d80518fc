#pragma once

#include "core/by_hand.hpp"
#include "core/health.hpp"
#include "core/identity.hpp"
#include "core/record.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a person may ask of a running daemon, and what comes of it. A tunnel is asked for by its name; or by
/// its hostname, where a tunnel that has left the configuration shares its name with another one.
namespace tunnelkeyd::core {

/// Why it was not done.
struct refusal {
    std::string_view code;             ///< a literal, stable: "unknown_tunnel"
    std::string message;               ///< for people
    std::string remedy;                ///< for people; never empty
    std::vector<std::string> details;  ///< with "configuration": every error of the file, for people
};

template <class T>
using result_of = std::variant<T, refusal>;

/// A rotation was asked for.
struct rotate_report {
    std::string tunnel;   ///< its name
    bool joined = false;  ///< one was under way already: that is the one
};

/// A tunnel was paused, or resumed. It is on disk.
struct pause_report {
    std::string tunnel;
    std::optional<wall_time> paused_at;  ///< nothing: it is not paused
    bool changed = false;                ///< false: it was so already
    bool gap_open = false;               ///< an open key gap is closed all the same
};

/// A key gap that is open.
struct pending_report {
    std::string tunnel;
    identity id;
    std::string organization;  ///< its name; "" where the settings cannot be read
    std::string instance_url;  ///< where its key goes
    bool configured = true;    ///< false: it has left the configuration
    std::string_view state;    ///< as tunnel_overview::state
    wall_time gap_opened_at;
    std::uint64_t number = 0;            ///< of the stored key; 0: none is stored, it is asked for again
    std::optional<wall_time> minted_at;  ///< of the stored key
    bool readable = false;               ///< the stored key can be unsealed
    unsigned regenerates = 0;            ///< requests so far
    unsigned installs = 0;
    std::vector<problem> problems;  ///< the worst first
};

/// A pending key, for a person to install by hand. The only place where one is shown.
struct revealed_key {
    pending_report pending;
    shared_secret key;
};

struct resolve_report {
    std::string tunnel;
    resolution how = resolution::installed;
    /// A request is under way: it happens when that is answered, unless it installs the key.
    bool later = false;
};

/// What another configuration changed, in tunnels.
struct config_changes {
    unsigned added = 0;
    unsigned removed = 0;
    unsigned renamed = 0;  ///< and nothing else
    unsigned changed = 0;
    unsigned unchanged = 0;
};

/// Another configuration is in force.
struct reload_outcome {
    config_changes changes;
    std::vector<std::string> warnings;
    std::vector<std::string> needs_restart;  ///< as in reload_report
};

/// A rotation that is over, and whose it was.
struct past_rotation {
    std::string tunnel;
    history_entry entry;
};

/// One line of a preflight that a person asked for.
struct check_line {
    enum class result : std::uint8_t { passed, warning, failed, skipped };
    std::string_view check;  ///< a literal, stable: "api_key"
    result came_out = result::passed;
    std::string found;   ///< for people; never a secret
    std::string remedy;  ///< for people; "" where nothing is to be done
};
std::string_view to_string(check_line::result came_out);

/// All checks of one tunnel, in the order in which a rotation would meet them.
struct examination {
    std::string tunnel;
    std::vector<check_line> lines;

    /// A rotation that began now would come to its end.
    [[nodiscard]] bool passed() const;
};

}  // namespace tunnelkeyd::core
