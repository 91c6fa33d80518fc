#include "daemon/commands/stored.hpp"

#include "core/shown_record.hpp"
#include "daemon/commands/stored_overview.hpp"
#include "daemon/open_store.hpp"
#include "store/saved_state.hpp"

#include <chrono>
#include <unordered_map>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

core::wall_time now() {
    return std::chrono::floor<core::duration>(std::chrono::system_clock::now());
}

store::saved_state held_in(const std::string& directory) {
    auto found = store::read_saved_state(directory);
    return found ? std::move(*found) : store::saved_state();
}

bool is_called(const core::tunnel_overview& tunnel, const std::string& wanted) {
    return wanted.empty() || tunnel.name == wanted || tunnel.id.hostname == wanted;
}

core::pending_report pending_of(const core::tunnel_overview& tunnel, const core::tunnel_record& record) {
    auto report = core::pending_of(record);
    report.tunnel = tunnel.name;
    report.organization = tunnel.settings ? tunnel.settings->organization.name : "";
    report.instance_url = tunnel.settings ? tunnel.settings->instance.url.text() : "";
    report.configured = tunnel.configured;
    report.state = tunnel.state;
    report.readable = report.number != 0;  // not tried: that takes the sealing key, and the lock
    report.problems = tunnel.problems;
    return report;
}

}  // namespace

std::string stored_note(const std::string& directory, const std::string& socket) {
    if (const auto holder = store::holder_of(directory))
        return "no daemon listens at " + socket + ", but another tunnelkeyd (pid " + std::to_string(*holder) +
               ") is at work, a run --once say: this is what the state store holds";
    return "no daemon runs: this is what the state store holds, and nothing rotates until it is started "
           "(systemctl start tunnelkeyd), unless it is run by --once";
}

core::overview stored_status(const core::config& config, const std::string& socket, const std::string& tunnel) {
    const auto& directory = config.state.directory;
    auto seen = stored_overview(config, sort_by(config, held_in(directory)),
                                store::holder_of(directory).has_value(), stored_note(directory, socket), now());
    std::erase_if(seen.tunnels, [&](const auto& each) { return !is_called(each, tunnel); });
    if (!tunnel.empty())
        seen.organizations.clear();
    return seen;
}

std::vector<core::past_rotation> stored_history(const core::config& config, const std::string& directory,
                                                const std::string& tunnel, std::size_t limit) {
    std::unordered_map<core::identity, std::string, core::identity_hash> names;
    for (const auto& each : config.tunnels)
        names.emplace(each.id(), each.name);
    const auto wanted = [&](const core::tunnel_record& record) {
        const auto known = names.find(record.id);
        const auto& name = known == names.end() ? record.name : known->second;
        return tunnel.empty() || name == tunnel || record.id.hostname == tunnel;
    };
    return store::read_saved_history(directory, limit, wanted);
}

std::vector<core::pending_report> stored_pending(const core::config& config) {
    const auto& directory = config.state.directory;
    const auto held = sort_by(config, held_in(directory));
    std::unordered_map<core::identity, const core::tunnel_record*, core::identity_hash> records;
    for (const auto& each : held.records)
        records.emplace(each.id, &each);
    for (const auto& each : held.leftovers)
        records.emplace(each.record.id, &each.record);
    const auto seen = stored_overview(config, held, store::holder_of(directory).has_value(), "", now());
    std::vector<core::pending_report> all;
    for (const auto& each : seen.tunnels)
        if (each.gap_opened_at)
            all.push_back(pending_of(each, *records.at(each.id)));
    return all;
}

}  // namespace tunnelkeyd::daemon
