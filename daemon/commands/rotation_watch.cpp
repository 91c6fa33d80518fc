#include "daemon/commands/rotation_watch.hpp"

#include <unordered_map>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

ended_rotation failure_of(const tunnel_view& tunnel) {
    ended_rotation failed{tunnel.name, false, tunnel.last_error, ""};
    if (!tunnel.problems.empty()) {
        const auto& worst = tunnel.problems.front();
        failed.remedy = worst.remedy;
        if (failed.error.empty())
            failed.error = worst.message;
    }
    if (failed.error.empty())
        failed.error = "it ended without a new key";
    return failed;
}

}  // namespace

rotation_watch::rotation_watch(const status_view& before) : started_at_(before.started_at) {
    for (const auto& each : before.tunnels)
        waiting_.emplace(each.name, mark_of(each));
}

rotation_watch::mark rotation_watch::mark_of(const tunnel_view& tunnel) {
    return {tunnel.last_success, tunnel.installed, tunnel.ended_otherwise};
}

std::vector<ended_rotation> rotation_watch::look(const status_view& seen) {
    if (!seen.not_ready.empty())
        return {};  // it starts, and knows no tunnels yet; or it ends
    const bool restarted = std::exchange(started_at_, seen.started_at) != seen.started_at;
    std::unordered_map<std::string, const tunnel_view*> tunnels;
    for (const auto& each : seen.tunnels)
        tunnels.emplace(each.name, &each);

    std::vector<ended_rotation> ended;
    for (auto i = waiting_.begin(); i != waiting_.end();) {
        auto& [name, before] = *i;
        const auto found = tunnels.find(name);
        std::optional<ended_rotation> end;
        if (found == tunnels.end()) {
            end = ended_rotation{name, false, "the daemon does not know the tunnel any more",
                                 "see whether it has left the configuration"};
        } else {
            const auto& tunnel = *found->second;
            if (restarted) {  // its counters began anew
                before.installed = tunnel.installed;
                before.ended_otherwise = tunnel.ended_otherwise;
            }
            end = end_of(tunnel, before);
            if (restarted && !end && !tunnel.gap_opened_at)
                forgotten_.push_back(name);
        }
        if (end) {
            ++(end->done ? done_ : failed_);
            ended.push_back(std::move(*end));
            i = waiting_.erase(i);
        } else {
            ++i;
        }
    }
    return ended;
}

std::optional<ended_rotation> rotation_watch::end_of(const tunnel_view& tunnel, const mark& before) const {
    if (tunnel.installed > before.installed || tunnel.last_success != before.last_success)
        return ended_rotation{tunnel.name, true, "", ""};
    if (tunnel.ended_otherwise > before.ended_otherwise || tunnel.state == "held" || tunnel.state == "orphaned")
        return failure_of(tunnel);
    return std::nullopt;
}

void rotation_watch::fail(const std::string& tunnel) {
    failed_ += waiting_.erase(tunnel);
}

std::vector<std::string> rotation_watch::take_forgotten() {
    return std::exchange(forgotten_, {});
}

std::vector<std::string> rotation_watch::in_flight() const {
    std::vector<std::string> names;
    for (const auto& [name, before] : waiting_)
        names.push_back(name);
    return names;
}

}  // namespace tunnelkeyd::daemon
