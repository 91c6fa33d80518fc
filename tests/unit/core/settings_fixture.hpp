#pragma once

#include "core/config.hpp"

#include <chrono>
#include <memory>

/// The tunnel that the tests of the core share.
namespace tunnelkeyd::core::testing {

/// 2026-12-05T02:00:00Z
inline constexpr wall_time start_of_time =
    std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) + std::chrono::hours(2);

inline tunnel example_tunnel() {
    tunnel settings;
    settings.name = "jira";
    settings.organization.name = "acme";
    settings.organization.id = "0c632b13-d717-4d1f-b895-208a5599d2f2";
    settings.organization.api_key.value = "/secrets/api-key";
    settings.hostname = "e5e9e8f0-d429-4cb9-80bc-2f02cb91f587";
    settings.instance.url = *parse_base_url("https://jira.example.com/jira");
    settings.instance.auth = bearer_auth{{secret_reference::source::file, "/secrets/jira-pat"}};
    return settings;
}

inline std::shared_ptr<const tunnel> shared(tunnel settings) {
    return std::make_shared<const tunnel>(std::move(settings));
}

}  // namespace tunnelkeyd::core::testing
