#pragma once

#include "core/identity.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is kept of a tunnel over restarts: the journal's entries. Plain values; lib/store writes them as they
/// are.
namespace tunnelkeyd::core {

/// Why a rotation began. Stored as its text.
enum class reason : std::uint8_t {
    scheduled,  ///< its time came
    catch_up,   ///< its time had come while the daemon was down
    first,      ///< never rotated before, and `first: now`
    manual,     ///< a person asked
    confirm,    ///< an earlier request may have taken effect late
};
std::string_view to_string(reason why);
std::optional<reason> parse_reason(std::string_view text);

/// What a line of the history is about: how a rotation ended, or what a person did to one that goes on. Stored
/// as its text.
enum class outcome : std::uint8_t {
    installed,         ///< the instance took the new key
    refused,           ///< the cloud made no key; the old one is untouched
    preflight_failed,  ///< not begun, since it could not have been finished; the old key is untouched
    store_failed,      ///< not begun, since its intent could not be written; the old key is untouched
    manual,            ///< a person installed a key, and says so
    revealed,          ///< no end: a person was shown the stored key
    discarded,         ///< no end: a person gives the stored key up, and another one is asked for
};
inline constexpr std::size_t outcome_count = 5;  ///< of those that are an end
std::string_view to_string(outcome how);
std::optional<outcome> parse_outcome(std::string_view text);

/// A key received and not yet installed.
struct pending_key {
    shared_secret key;             ///< null only when the store could not unseal it
    std::uint64_t generation = 0;  ///< the tunnel_record::generation of the request that made it
    wall_time minted_at;
    std::string name;            ///< `name` in the cloud's reply
    std::string on_premise_url;  ///< `onPremiseUrl` in the cloud's reply, verbatim
    unsigned rejections = 0;     ///< how often the instance rejected this key in a row
};

/// A rotation that has sent, or is about to send, a regenerate request. Present exactly while the key gap may
/// be open.
struct open_rotation {
    reason why = reason::scheduled;
    wall_time began_at;
    wall_time gap_opened_at;   ///< when the first regenerate was about to leave
    bool intent = false;       ///< a regenerate may be under way; found set at start, its outcome is unknown
    bool unknown = false;      ///< an earlier regenerate of this rotation had an unknown outcome
    unsigned regenerates = 0;  ///< requests of call 1, this rotation
    unsigned installs = 0;     ///< requests of call 2, this rotation
    unsigned unknowns_in_a_row = 0;
    std::string instance_url;  ///< where the key goes, as checked by the last preflight
    std::string settings;      ///< the tunnel's configuration as JSON, with references and no secrets
};

/// An install that was never answered: it may still arrive, after a newer key's.
struct stray_install {
    std::uint64_t generation = 0;
    wall_time at;
    std::string instance_url;  ///< where it was sent
    bool operator==(const stray_install&) const = default;
};

struct tunnel_record {
    identity id;
    std::string name;  ///< the last one it was configured under, for people
    wall_time first_seen;
    /// Or later, if the clock was set back since: schedules count from then, and no occurrence is done twice. A
    /// rotation that a person asks for sets it right.
    std::optional<wall_time> last_success;
    std::optional<wall_time> paused_at;  ///< no rotation begins, but one that a person asks for

    unsigned failures = 0;              ///< in a row, of the backoff now in force; 0: none
    std::optional<wall_time> retry_at;  ///< not before then
    std::string last_error;             ///< "" after a success

    std::uint64_t generation = 0;  ///< counts regenerate requests; a key is named by its request's number
    std::optional<open_rotation> open;
    std::optional<pending_key> key;  ///< only while `open`
    std::optional<wall_time> regenerated_for_rejection_at;

    bool confirmation_owed = false;
    std::optional<wall_time> last_unanswered_at;  ///< the last request of either kind that was never answered
    std::vector<stray_install> strays;            ///< younger than `settle`
};

/// The instance holds the new key now; the record is still open. No occurrence of the schedule is done twice
/// though the clock was set back. Only a person's request makes it count from a time that lies before.
void note_success(tunnel_record& record, wall_time now);

/// A rotation that is over: one line of the history.
struct history_entry {
    reason why = reason::scheduled;
    wall_time began_at;
    wall_time ended_at;
    duration gap{0};  ///< how long the key gap was open; 0 when it never was
    unsigned regenerates = 0;
    unsigned installs = 0;
    outcome how = outcome::installed;
    std::string error;  ///< "" when installed; of a person's doing, whose: "by root"
};

}  // namespace tunnelkeyd::core
