#include "daemon/commands/stored_json.hpp"

#include "serve/problem_json.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::ordered_json;

ordered_json text_json(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json time_json(std::optional<core::wall_time> at) {
    return at ? ordered_json(core::to_iso8601(*at)) : ordered_json(nullptr);
}

ordered_json rotation_json(const core::past_rotation& of) {
    const auto& entry = of.entry;
    return {{"tunnel", of.tunnel},
            {"reason", core::to_string(entry.why)},
            {"began_at", time_json(entry.began_at)},
            {"ended_at", time_json(entry.ended_at)},
            {"gap_seconds", std::chrono::duration<double>(entry.gap).count()},
            {"regenerates", entry.regenerates},
            {"installs", entry.installs},
            {"outcome", core::to_string(entry.how)},
            {"error", text_json(entry.error)}};
}

ordered_json key_json(const core::pending_report& gap) {
    if (gap.number == 0)
        return nullptr;
    return {{"number", gap.number}, {"minted_at", time_json(gap.minted_at)}, {"readable", gap.readable}};
}

ordered_json gap_json(const core::pending_report& gap) {
    auto problems = ordered_json::array();
    for (const auto& each : gap.problems) {
        auto& json = problems.emplace_back(ordered_json::object());
        serve::put_problem(json, each);
        json["since"] = time_json(each.since);
    }
    return {{"tunnel", gap.tunnel},
            {"organization", text_json(gap.organization)},
            {"organization_id", gap.id.organization_id},
            {"hostname", gap.id.hostname},
            {"instance_url", text_json(gap.instance_url)},
            {"configured", gap.configured},
            {"state", gap.state},
            {"gap_opened_at", time_json(gap.gap_opened_at)},
            {"key", key_json(gap)},
            {"regenerates", gap.regenerates},
            {"installs", gap.installs},
            {"problems", std::move(problems)}};
}

}  // namespace

std::string history_json(const std::vector<core::past_rotation>& rotations) {
    auto all = ordered_json::array();
    for (const auto& each : rotations)
        all.push_back(rotation_json(each));
    return serve::line_of(ordered_json{{"rotations", std::move(all)}});
}

std::string pending_json(const std::vector<core::pending_report>& gaps) {
    auto all = ordered_json::array();
    for (const auto& each : gaps)
        all.push_back(gap_json(each));
    return serve::line_of(ordered_json{{"pending", std::move(all)}});
}

}  // namespace tunnelkeyd::daemon
