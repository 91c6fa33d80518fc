#pragma once

#include "core/exchange.hpp"
#include "core/trouble.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Would a rotation that began now come to its end? What each check's answer means.
namespace tunnelkeyd::core {

struct preflight_failure {
    enum class check : std::uint8_t { store, secret, api_key, instance, credentials };
    check at = check::store;
    std::string problem;  ///< what was found; for people
    std::string remedy;   ///< what to do about it; "" where the problem says that itself
    std::optional<duration> retry_after;

    /// Repeating it soon could lock an account, or only annoys.
    [[nodiscard]] bool is_credentials() const noexcept {
        return at == check::api_key || at == check::credentials;
    }
};

std::string_view to_string(preflight_failure::check at);

/// The failure under a code of its own: store_failing, secret_unreadable, api_key_refused, instance_not_ready,
/// credentials_refused.
trouble trouble_of(const preflight_failure& failure);
/// Is it one of those? Then a preflight that passes ends it.
bool is_of_preflight(const trouble& found);

/// `GET {cloud}/admin/v1/orgs/{id}`: 401 fails; all else passes, since it says nothing of the key.
std::optional<preflight_failure> judge_api_key(const exchange& seen);

/// `GET {instance}/status`: passes for `{"state": "RUNNING"}` alone, whatever the status code of the others.
std::optional<preflight_failure> judge_status(const exchange& seen, wall_time now);

/// `GET {instance}/plugins/servlet/applinks/whoami`: passes for a user's name, and for 404, which cannot tell.
std::optional<preflight_failure> judge_whoami(const exchange& seen, wall_time now);

}  // namespace tunnelkeyd::core
