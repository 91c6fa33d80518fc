#include "daemon/pause.hpp"

#include "core/first_record.hpp"
#include "core/requests.hpp"
#include "daemon/commands/held_store.hpp"
#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/wrap.hpp"
#include "daemon/complaint.hpp"
#include "daemon/known_tunnels.hpp"
#include "serve/control_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

const char* word(const pause_command& how) {
    return how.pause ? "pause" : "resume";
}

/// In the order of the command line, each once.
std::vector<std::string> each_once(const std::vector<std::string>& names) {
    std::vector<std::string> found;
    std::unordered_set<std::string> seen;
    std::copy_if(names.begin(), names.end(), std::back_inserter(found),
                 [&](const std::string& name) { return seen.insert(name).second; });
    return found;
}

core::pause_report read_report(const json& from) {
    return {text_at(from, "tunnel"), time_at(from, "paused_at"), from.at("changed").get<bool>(),
            from.at("key_gap_open").get<bool>()};
}

std::vector<core::pause_report> by_daemon(const asks& ask, const pause_command& how) {
    const auto names = each_once(how.tunnels);
    for (const auto& name : names)
        static_cast<void>(ask_for_status(ask, name));
    std::vector<core::pause_report> done;
    for (const auto& name : names)
        done.push_back(understood<json>(
            ask_daemon(ask, "POST", target_of("/v1/tunnels/", name, std::string("/") + word(how))),
            read_report));
    return done;
}

core::tunnel_record record_of(const core::tunnel& settings, std::vector<core::tunnel_record>& known,
                              core::wall_time now) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.id == settings.id(); });
    if (found != known.end())
        return std::move(*found);
    return core::first_record(settings, now);
}

std::vector<core::pause_report> in_store(const core::config& config, const enters& enter,
                                         const pause_command& how) {
    if (!are_known(how.tunnels, config, std::string(word(how)) + " "))
        throw command_error(exit_status::usage, std::string(word(how)) + ": nothing was done");
    held_store store(config.state);
    auto known = store.load();
    const auto now = store.now();
    std::vector<core::pause_report> done;
    std::vector<held_store::write> writes;
    for (const auto& name : each_once(how.tunnels)) {
        const auto* settings = find_tunnel(config, name);
        auto record = record_of(*settings, known, now);
        auto& paused_at = record.paused_at;
        const bool changed = paused_at.has_value() != how.pause;
        if (changed)  // pausing twice keeps the first time
            paused_at = how.pause ? std::optional(now) : std::nullopt;
        done.push_back({name, paused_at, changed, record.open.has_value()});
        if (!changed)
            continue;
        enter(name, without_daemon(word(how), config.state.directory));
        writes.emplace_back(std::move(record), std::nullopt);
    }
    if (const auto error = store.save(writes); !error.empty())
        throw command_error(exit_status::failed,
                            std::string(word(how)) + ": the state could not be written: " + error);
    return done;
}

std::string line_of(const core::pause_report& tunnel) {
    std::string line = tunnel.tunnel + ": ";
    if (tunnel.paused_at)
        line += (tunnel.changed ? "paused since " : "was paused already, since ") +
                core::to_iso8601(*tunnel.paused_at) + "; no rotation begins but one that a person asks for";
    else
        line += tunnel.changed ? "resumed; it rotates by its schedule" : "was not paused";
    if (tunnel.paused_at && tunnel.gap_open)
        line += "; its key gap is open, and the rotation under way is finished all the same";
    return line;
}

}  // namespace

exit_status set_paused(const command_context& all, const pause_command& how) {
    const auto done = with_daemon([&] { return by_daemon(all.ask, how); },
                                  [&] { return in_store(need_config(all), all.enter, how); });
    if (all.json)
        std::cout << serve::text_of(done);
    else
        for (const auto& each : done)
            std::cout << wrapped("", line_of(each), all.out.columns);
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
