#include "daemon/pause.hpp"

#include "config/secrets.hpp"
#include "daemon/complaint.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/open_store.hpp"
#include "net/loop_clock.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

struct subject {
    std::string name;
    core::tunnel_record record;
    bool changed = false;
};

/// In the order of the command line, each once.
std::vector<subject> subjects(const std::vector<std::string>& names, const core::config& config,
                              const store::state_store& store, core::wall_time now) {
    std::unordered_map<core::identity, core::tunnel_record, core::identity_hash> known;
    for (auto& record : store.load())
        known.emplace(record.id, std::move(record));
    std::vector<subject> found;
    std::unordered_set<std::string> seen;
    for (const auto& name : names) {
        if (!seen.insert(name).second)
            continue;
        const auto settings = std::find_if(config.tunnels.begin(), config.tunnels.end(),
                                           [&](const core::tunnel& each) { return each.name == name; });
        const auto record = known.find(settings->id());
        auto& added = found.emplace_back();
        added.name = name;
        if (record != known.end()) {
            added.record = std::move(record->second);
        } else {
            added.record.id = settings->id();
            added.record.name = name;
            added.record.first_seen = now;
        }
    }
    return found;
}

/// Pausing twice keeps the first time.
void change(subject& tunnel, bool pause, core::wall_time now) {
    auto& paused_at = tunnel.record.paused_at;
    tunnel.changed = paused_at.has_value() != pause;
    if (tunnel.changed)
        paused_at = pause ? std::optional(now) : std::nullopt;
}

/// Waits until all is on disk; the error, or "".
std::string save(store::state_store& store, asio::io_context& loop, const std::vector<subject>& tunnels) {
    std::string failed;
    std::size_t left = 0;
    auto working = asio::make_work_guard(loop);
    for (const auto& each : tunnels) {
        if (!each.changed)
            continue;
        ++left;
        store.save(each.record, std::nullopt, [&](const std::string& error) {
            if (!error.empty())
                failed = error;
            if (--left == 0)
                working.reset();
        });
    }
    if (left > 0)
        loop.run();
    return failed;
}

std::string line_of(const subject& tunnel) {
    const auto& record = tunnel.record;
    std::string line = tunnel.name + ": ";
    if (record.paused_at)
        line += (tunnel.changed ? "paused since " : "was paused already, since ") +
                core::to_iso8601(*record.paused_at) + "; no rotation begins but one that a person asks for";
    else
        line += tunnel.changed ? "resumed; it rotates by its schedule" : "was not paused";
    if (record.paused_at && record.open)
        line += "; its key gap is open, and the rotation under way is finished all the same";
    return line + '\n';
}

void print(const std::vector<subject>& tunnels, bool json) {
    if (!json) {
        for (const auto& each : tunnels)
            std::cout << line_of(each);
        return;
    }
    auto list = nlohmann::ordered_json::array();
    for (const auto& each : tunnels) {
        const auto& paused_at = each.record.paused_at;
        list.push_back({{"tunnel", each.name},
                        {"paused_at", paused_at ? nlohmann::ordered_json(core::to_iso8601(*paused_at))
                                                : nlohmann::ordered_json()},
                        {"changed", each.changed},
                        {"key_gap_open", each.record.open.has_value()}});
    }
    std::cout << nlohmann::ordered_json{{"tunnels", std::move(list)}}.dump() << '\n';
}

}  // namespace

exit_status set_paused(const command_line& options, const pause_command& how, const core::config& config) {
    const std::string command = how.pause ? "pause" : "resume";
    if (!are_known(how.tunnels, config, command + " "))
        return exit_status::usage;
    try {
        asio::io_context loop(1);
        const net::loop_clock clock(loop);
        const config::secret_reader secrets(config::process_environment());
        const auto store = open_store(
            config.state, secrets, [&](std::function<void()> task) { asio::post(loop, std::move(task)); },
            [&] { return clock.now().steady; });
        for (const auto& warning : store->warnings())
            complain_of_failure(warning);
        const auto now = clock.now().wall;
        auto tunnels = subjects(how.tunnels, config, *store, now);
        for (auto& each : tunnels)
            change(each, how.pause, now);
        if (const auto error = save(*store, loop, tunnels); !error.empty()) {
            complain_of_failure(command + ": the state could not be written: " + error);
            return exit_status::failed;
        }
        print(tunnels, options.json);
        return exit_status::done;
    } catch (const store::error& problem) {
        complain_of_failure(problem.what());
        if (problem.kind() == store::error_kind::locked)
            complain_of_failure(
                (how.pause ? "pausing" : "resuming") +
                std::string(" a running daemon's tunnel comes with its control socket, which this version "
                            "does not have yet: stop it (systemctl stop tunnelkeyd), ") +
                command + ", and start it again");
        return status_of(problem.kind());
    }
}

}  // namespace tunnelkeyd::daemon
