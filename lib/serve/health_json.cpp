#include "serve/health_json.hpp"

#include "serve/json_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

/// A problem, and whose it is: {"tunnel", name}, or {nullptr, nullptr} for the daemon's.
struct finding {
    const char* kind;
    const std::string* name;
    const core::problem* found;
};

void sort_worst_first(std::vector<finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(), [](const finding& one, const finding& other) {
        return one.found->severity > other.found->severity;
    });
}

std::vector<finding> findings_in(const core::overview& seen) {
    std::vector<finding> findings;
    for (const auto& each : seen.problems)
        findings.push_back({nullptr, nullptr, &each});
    for (const auto& organization : seen.organizations)
        for (const auto& each : organization.problems)
            findings.push_back({"organization", &organization.name, &each});
    for (const auto& tunnel : seen.tunnels)
        for (const auto& each : tunnel.problems)
            findings.push_back({"tunnel", &tunnel.name, &each});
    sort_worst_first(findings);
    return findings;
}

ordered_json json_of(const std::vector<finding>& findings) {
    auto all = ordered_json::array();
    for (const auto& each : findings) {
        auto& json = all.emplace_back(ordered_json::object());
        if (each.kind != nullptr)
            json[each.kind] = *each.name;
        put_problem(json, *each.found);
        if (each.found->since)
            json["since"] = core::to_iso8601(*each.found->since);
    }
    return all;
}

ordered_json counts_of(const core::overview& seen) {
    std::array<std::size_t, 3> counted{seen.well};
    for (const auto& each : seen.tunnels)
        ++counted.at(static_cast<std::size_t>(core::worst_of(each.problems)));
    ordered_json counts;
    counts["total"] = seen.tunnels.size() + seen.well;
    for (const auto verdict : {core::health::ok, core::health::degraded, core::health::failing})
        counts[std::string(core::to_string(verdict))] = counted.at(static_cast<std::size_t>(verdict));
    return counts;
}

}  // namespace

std::string health_json(const core::overview& seen) {
    ordered_json json;
    json["status"] = core::to_string(core::verdict_on(seen));
    json["at"] = core::to_iso8601(seen.at);
    json["tunnels"] = counts_of(seen);
    json["problems"] = json_of(findings_in(seen));
    return line_of(json);
}

std::optional<tunnel_health> health_json(const core::overview& seen, std::string_view name) {
    std::vector<finding> findings;
    tunnel_health health;
    bool is_there = false;
    for (const auto& tunnel : seen.tunnels) {
        if (tunnel.name != name)
            continue;
        is_there = true;
        health.verdict = std::max(health.verdict, core::worst_of(tunnel.problems));
        for (const auto& each : tunnel.problems)
            findings.push_back({nullptr, nullptr, &each});
    }
    if (!is_there)
        return std::nullopt;
    sort_worst_first(findings);
    ordered_json json;
    json["tunnel"] = name;
    json["status"] = core::to_string(health.verdict);
    json["at"] = core::to_iso8601(seen.at);
    json["problems"] = json_of(findings);
    health.text = line_of(json);
    return health;
}

}  // namespace tunnelkeyd::serve
