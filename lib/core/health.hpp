#pragma once

#include "core/config.hpp"
#include "core/preflight.hpp"
#include "core/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The verdict on the work: is every tunnel's key in order, and will it stay so?
namespace tunnelkeyd::core {

enum class health : std::uint8_t {
    ok,
    degraded,  ///< a person should look at it in the next days
    failing,   ///< a person should look at it now
};
std::string_view to_string(health verdict);

/// One reason for a verdict other than `ok`.
struct problem {
    health severity = health::degraded;
    std::string_view code;  ///< a literal, stable: "gap_open". Alarms may match it
    std::string message;    ///< what is wrong, for people; never a secret
    std::string remedy;     ///< what to do about it
};

/// What the verdict on one tunnel rests on. Refers to what it was made from.
struct tunnel_facts {
    const tunnel& settings;
    const tunnel_record& record;
    std::string held_because;                  ///< held by a guard, for this reason; "": it is not
    std::string orphaned_because;              ///< see decisions.md, 20; "": it is not
    std::optional<wall_time> overdue_since;    ///< since when it may begin and has not; nothing: not due
    std::optional<preflight_failure> obstacle;  ///< what last stood in the way: a failed preflight, or
                                                ///< credentials that were refused; nothing since it passed
};

/// Every problem of one tunnel, the worst first; none: it is `ok`.
std::vector<problem> problems_of(const tunnel_facts& tunnel, const health_settings& limits, wall_time now);

/// Every problem of an organization as such. `api_key_refused`: the cloud's latest word on its API key was 401.
std::vector<problem> problems_of(const organization& organization, bool api_key_refused, wall_time now);

/// How the configuration in force came to be.
struct reload_report {
    wall_time loaded_at;                   ///< when the one in force was read
    std::optional<wall_time> failed_at;    ///< when a newer one was refused; nothing: none was since
    std::vector<std::string> errors;       ///< of that one: lines for people
};

/// Every problem of the daemon as such: a refused configuration, a store that cannot write (`store_error`, "" if
/// it can).
std::vector<problem> problems_of(const reload_report& reload, const std::string& store_error);

health worst_of(const std::vector<problem>& problems);

}  // namespace tunnelkeyd::core
