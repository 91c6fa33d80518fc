#include "core/health.hpp"

// Problems of the daemon as such.
namespace tunnelkeyd::core {

namespace {

// Long enough to check a large database. Nobody works on an open key gap meanwhile.
constexpr duration longest_start = std::chrono::minutes(1);
constexpr duration longest_unread = std::chrono::seconds(10);

}  // namespace

std::vector<problem> problems_of(const reload_report& reload, std::string_view store_error) {
    std::vector<problem> found;
    if (!store_error.empty())
        found.push_back({health::failing, "store_failing",
                         "the state cannot be written: " + std::string(store_error),
                         "see that state.directory can be written and has room; no rotation begins until then",
                         std::nullopt});
    if (reload.failed_at)
        found.push_back(
            {health::degraded, "reload_failed",
             "the changed configuration was refused, and the one before stays in force: " +
                 (reload.errors.empty() ? std::string("it could not be read") : reload.errors.front()) +
                 (reload.errors.size() > 1 ? " (and " + std::to_string(reload.errors.size() - 1) + " more)"
                                           : ""),
             "correct the file (tunnelkeyd check lists every error) and reload", reload.failed_at});
    return found;
}

std::optional<problem> log_unread(duration waits, wall_time now) {
    if (waits <= longest_unread)
        return std::nullopt;
    return problem{
        health::degraded, "log_unread",
        "nobody reads the daemon's log: its events wait in memory, and are left out where they become too many",
        "see what reads its standard error (a pipe, a container's log driver), or the systemd journal",
        now - waits};
}

problem starting(wall_time since, wall_time now) {
    return {now - since > longest_start ? health::failing : health::degraded, "starting",
            "the state store is being opened, and nothing is known of the tunnels yet",
            "nothing, if it ends soon; else see the daemon's log, and the disk that holds state.directory",
            since};
}

}  // namespace tunnelkeyd::core
