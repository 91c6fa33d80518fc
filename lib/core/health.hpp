#pragma once

#include "core/config.hpp"
#include "core/preflight.hpp"
#include "core/record.hpp"
#include "core/trouble.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The verdict on the work: is every tunnel's key in order, and will it stay so?
namespace tunnelkeyd::core {

struct certificate;

enum class health : std::uint8_t {
    ok,
    degraded,  ///< a person should look at it in the next days
    failing,   ///< a person should look at it now
};
std::string_view to_string(health verdict);

/// One reason for a verdict other than `ok`.
struct problem {
    health severity = health::degraded;
    std::string_view code;           ///< a literal, stable: "gap_open". Alarms may match it
    std::string message;             ///< what is wrong, for people; never a secret
    std::string remedy;              ///< what to do about it, for people; never empty
    std::optional<wall_time> since;  ///< where that is known
};

/// What the verdict on one tunnel rests on. Refers to what it was made from.
struct tunnel_facts {
    const tunnel* settings = nullptr;  ///< null: an orphan whose settings cannot be read
    const tunnel_record& record;
    bool held = false;                                ///< by a guard
    std::string_view orphaned_because;                ///< "": it is not; see docs/decisions.md, 20
    std::optional<wall_time> overdue_since;           ///< since when it may begin and has not been done
    const std::optional<core::trouble>& trouble;      ///< what last stood in a rotation's way, this run
    const preflight_failure* preflight = nullptr;     ///< the failure of the last preflight; null: it passed
    std::optional<wall_time> preflight_at;            ///< when that was; nothing: none in this run
    const certificate* client_certificate = nullptr;  ///< as its file has it; null: none, or not known
};

/// Every problem of one tunnel, the worst first; none: it is `ok`.
std::vector<problem> problems_of(const tunnel_facts& tunnel, const health_settings& limits, wall_time now);

/// When problems_of() would next say something else because time went by, and nothing happened.
std::optional<wall_time> next_change(const tunnel_facts& tunnel, const health_settings& limits, wall_time now);

/// Every problem of an organization as such. `api_key_refused`: the cloud's latest word on its API key was 401.
std::vector<problem> problems_of(const organization& organization, bool api_key_refused, wall_time now);

/// When that would next say something else because time went by, and nothing happened.
std::optional<wall_time> next_change(const organization& organization, wall_time now);

/// Every problem of the client certificate that the cloud is shown (null: there is none, or it is not known).
std::vector<problem> problems_of(const cloud_settings& cloud, const certificate* client, wall_time now);

/// When that would next say something else because time went by, and nothing happened.
std::optional<wall_time> next_change(const certificate* client, wall_time now);

/// How the configuration in force came to be.
struct reload_report {
    wall_time loaded_at;                 ///< when the one in force was read
    std::optional<wall_time> failed_at;  ///< when a newer one was refused; nothing: none was since
    std::vector<std::string> errors;     ///< of that one: lines for people
    std::vector<std::string>
        needs_restart;  ///< settings that the file has changed and that count from the next start
};

/// Every problem of the daemon as such: a refused configuration, a store that cannot write (`store_error`, ""
/// if it can).
std::vector<problem> problems_of(const reload_report& reload, std::string_view store_error);

/// Where nobody has taken an event of the log for so long that somebody should know.
std::optional<problem> log_unread(duration waits, wall_time now);

/// While the daemon starts: nothing is known of any tunnel yet, so that it cannot be said that all is well.
problem starting(wall_time since, wall_time now);

/// `ok` where there is none.
health worst_of(const std::vector<problem>& problems);

}  // namespace tunnelkeyd::core
