#include "serve/status_json.hpp"

#include "serve/json_parts.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

constexpr auto time_json = time_as<ordered_json>;
constexpr auto text_json = text_as<ordered_json>;
constexpr auto problems_json = problems_as<ordered_json>;

ordered_json certificate_json(const std::optional<core::client_certificate_overview>& held) {
    return held ? time_json(held->ends) : ordered_json(nullptr);
}

ordered_json daemon_json(const core::overview& seen) {
    ordered_json configuration;
    configuration["loaded_at"] = time_json(seen.reload.loaded_at);
    configuration["failed_at"] = time_json(seen.reload.failed_at);
    configuration["errors"] = seen.reload.errors;
    configuration["needs_restart"] = seen.reload.needs_restart;
    ordered_json json;
    json["version"] = TUNNELKEYD_VERSION;
    json["started_at"] =
        seen.started_at == core::wall_time() ? ordered_json(nullptr) : time_as<ordered_json>(seen.started_at);
    json["ready"] = seen.not_ready.empty();
    json["not_ready_because"] = text_json(seen.not_ready);
    json["status"] = core::to_string(core::verdict_on(seen));
    json["cloud_client_certificate_expires"] = certificate_json(seen.cloud_client_certificate);
    json["problems"] = problems_json(seen.problems);
    json["configuration"] = std::move(configuration);
    return json;
}

ordered_json organization_json(const core::organization_overview& organization) {
    ordered_json json;
    json["name"] = organization.name;
    json["api_key_expires"] = time_json(organization.api_key_expires);
    json["status"] = core::to_string(core::worst_of(organization.problems));
    json["waiting_for_rate_limit"] = organization.waiting_for_rate_limit;
    json["problems"] = problems_json(organization.problems);
    return json;
}

ordered_json next_json(const std::optional<core::due_time>& next) {
    if (!next)
        return nullptr;
    return {{"at", time_json(next->at)}, {"reason", core::to_string(next->why)}};
}

ordered_json rotation_json(const std::optional<core::rotation_overview>& rotation) {
    if (!rotation)
        return nullptr;
    return {{"reason", core::to_string(rotation->why)},
            {"began_at", time_json(rotation->began_at)},
            {"regenerates", rotation->regenerates},
            {"installs", rotation->installs}};
}

ordered_json preflight_json(const std::optional<core::preflight_report>& preflight) {
    if (!preflight)
        return nullptr;
    ordered_json json{{"at", time_json(preflight->at)}, {"passed", !preflight->failure}};
    const auto& failure = preflight->failure;
    json["check"] = failure ? ordered_json(core::to_string(failure->at)) : ordered_json(nullptr);
    json["problem"] = failure ? text_json(failure->problem) : ordered_json(nullptr);
    json["remedy"] = failure ? text_json(failure->remedy) : ordered_json(nullptr);
    return json;
}

ordered_json rotations_json(const std::array<std::uint64_t, core::outcome_count>& ended) {
    ordered_json json;
    for (std::size_t i = 0; i < ended.size(); ++i)
        json[std::string(core::to_string(static_cast<core::outcome>(i)))] = ended[i];
    return json;
}

ordered_json tunnel_json(const core::tunnel_overview& tunnel) {
    const auto* settings = tunnel.settings.get();
    ordered_json json;
    json["name"] = tunnel.name;
    json["organization"] = settings ? ordered_json(settings->organization.name) : ordered_json(nullptr);
    json["organization_id"] = tunnel.id.organization_id;
    json["hostname"] = tunnel.id.hostname;
    json["instance_url"] = settings ? ordered_json(settings->instance.url.text()) : ordered_json(nullptr);
    json["configured"] = tunnel.configured;
    json["state"] = tunnel.state;
    json["status"] = core::to_string(core::worst_of(tunnel.problems));
    json["last_success"] = time_json(tunnel.last_success);
    json["paused_at"] = time_json(tunnel.paused_at);
    json["next"] = next_json(tunnel.next);
    json["rotation"] = rotation_json(tunnel.rotation);
    json["gap_opened_at"] = time_json(tunnel.gap_opened_at);
    json["key_pending"] = tunnel.key_pending;
    json["confirmation_owed"] = tunnel.confirmation_owed;
    json["failures"] = tunnel.failures;
    json["last_error"] = text_json(tunnel.last_error);
    json["retry_at"] = time_json(tunnel.retry_at);
    json["preflight"] = preflight_json(tunnel.preflight);
    json["credential_expires"] = settings ? time_json(settings->instance.auth_expires) : ordered_json(nullptr);
    json["client_certificate_expires"] = certificate_json(tunnel.client_certificate);
    json["rotations"] = rotations_json(tunnel.ended);
    json["problems"] = problems_json(tunnel.problems);
    return json;
}

/// Of the tunnels with this name, or of all.
std::string text_of(const core::overview& seen, std::optional<std::string_view> name) {
    auto organizations = ordered_json::array();
    for (const auto& each : seen.organizations)
        organizations.push_back(organization_json(each));
    auto tunnels = ordered_json::array();
    for (const auto& each : seen.tunnels)
        if (!name || each.name == *name)
            tunnels.push_back(tunnel_json(each));
    if (name && tunnels.empty())
        return {};
    ordered_json json;
    json["at"] = time_json(seen.at);
    json["daemon"] = daemon_json(seen);
    json["organizations"] = std::move(organizations);
    json["tunnels"] = std::move(tunnels);
    return line_of(json);
}

}  // namespace

std::string status_json(const core::overview& seen) {
    return text_of(seen, std::nullopt);
}

std::string status_json(const core::overview& seen, std::string_view name) {
    return text_of(seen, name);
}

}  // namespace tunnelkeyd::serve
