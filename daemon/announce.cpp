#include "daemon/announce.hpp"

#include "core/count_text.hpp"
#include "daemon/process.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

namespace {

void say(ports::log& log, core::log_level level, std::string_view name, std::string message) {
    log.write("", {level, name, std::move(message), {}});
}

}  // namespace

void announce_start(ports::log& log, const core::config& config, const std::string& config_file) {
    const auto descriptors = raise_descriptor_limit();
    say(log, core::log_level::info, "daemon.started",
        "tunnelkeyd " TUNNELKEYD_VERSION " (" + config_file + ", state in " + config.state.directory + ", " +
            std::to_string(descriptors) + " file descriptors)");
    if (const auto needed = descriptors_needed(config.tunnels.size()); descriptors < needed)
        say(log, core::log_level::warn, "daemon.few_descriptors",
            core::count_text(config.tunnels.size(), "tunnel") + " may need " + std::to_string(needed) +
                " file descriptors at once, and the limit is " + std::to_string(descriptors) +
                ": raise it (LimitNOFILE= in the unit)");
}

void announce_stopping(ports::log& log) {
    say(log, core::log_level::info, "daemon.stopping",
        "stopping: no new rotation begins, and those under way get up to 25 s");
}

void announce_abort(ports::log& log) {
    say(log, core::log_level::warn, "daemon.stopped",
        "a second signal: ending at once; what is unfinished is continued at the next start");
}

void announce_end(ports::log& log, const std::vector<std::string>& open_gaps) {
    if (open_gaps.empty())
        return say(log, core::log_level::info, "daemon.stopped", "no key gap is open");
    std::string names;
    for (const auto& name : open_gaps)
        names += (names.empty() ? "" : ", ") + name;
    say(log, core::log_level::error, "daemon.stopped",
        "still open: the key gap of " + names + "; work on it goes on at the next start");
}

void announce_statistics(ports::log& log, const store::state_store& store) {
    const auto sum = store.statistics();
    log.write("", {core::log_level::info,
                   "store.statistics",
                   "what the state store did in this run",
                   {{"commits", std::to_string(sum.commits)},
                    {"writes", std::to_string(sum.writes)},
                    {"failures", std::to_string(sum.failures)}}});
}

}  // namespace tunnelkeyd::daemon
