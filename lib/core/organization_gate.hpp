#pragma once

#include "core/config.hpp"

#include <cstdint>
#include <optional>

namespace tunnelkeyd::core {

/// How pressing a tunnel's wish to talk to the cloud is.
enum class urgency : std::uint8_t {
    calm,       ///< the key is untouched and the schedule asks
    requested,  ///< the key is untouched and a person asks
    open_gap,   ///< the key gap is open
};

/// When the tunnels of one organization may talk to the cloud: closed for a while after a 429, and after a 401
/// but for one probe at a time. Decides only; whoever holds it asks before each preflight and each intent.
class organization_gate {
public:
    /// Not before then. In the past or now: at once, and the caller, if it goes, says so with enter().
    [[nodiscard]] steady_time opens_at(core::urgency urgency, moment now) const;

    /// Somebody goes now. While the API key is refused this is the one probe, and the others wait for its
    /// outcome.
    void enter(moment now);

    /// The cloud answered 401. `chance` is uniform over [0, 1).
    void api_key_refused(moment now, const retry_policy& retry, double chance);

    /// The cloud recognized the API key (2xx or 403). True if that ended a pause: whoever waited may try at
    /// once.
    bool api_key_accepted();

    /// The cloud answered 429. Without a length it is taken to mean a minute, the shortest of its usual
    /// periods, and shortens no pause that is longer.
    void rate_limited(moment now, std::optional<duration> wait);

    /// How the latest regenerate request of this organization ended. While that was unknown, no scheduled
    /// rotation and no confirmation begins: one outage must not take fifty tunnels with it.
    void regenerate_ended(const identity& tunnel, bool unknown);
    /// Nothing more is done for this tunnel: what it left unknown is no outage. True if that ended one.
    bool forget(const identity& tunnel);
    [[nodiscard]] bool outage() const noexcept { return unknown_of_.has_value(); }

    /// What the cloud's last 429 asked for.
    struct pause {
        steady_time since;
        steady_time until;
        steady_time open_gaps_until;  ///< a tunnel whose key gap is open waits no longer than that
    };
    /// Nothing: there was none, or it is over.
    [[nodiscard]] std::optional<pause> rate_limit(moment now) const;

    [[nodiscard]] bool is_api_key_refused() const noexcept { return refusals_ > 0; }
    /// Since the first 401 in a row; while it is refused.
    [[nodiscard]] steady_time api_key_refused_since() const noexcept { return refused_since_; }

private:
    unsigned refusals_ = 0;  // 401s in a row
    steady_time refused_since_{};
    steady_time calm_probe_at_{};
    steady_time urgent_probe_at_{};
    std::optional<pause> rate_limit_;
    std::optional<identity> unknown_of_;
};

}  // namespace tunnelkeyd::core
