#pragma once

#include "ports/cloud.hpp"

namespace tunnelkeyd::ports {

/// What goes into an Authorization header, with the secret already read: `Bearer ...` or `Basic ...`.
using credentials = core::secret;

/// The self-managed products. Used from the loop's thread only. Never retries, never resends, follows no
/// redirect. `at` and the secrets are copied before a call returns.
class instance {
public:
    virtual ~instance() = default;

    /// `GET {url}/status`, without credentials.
    virtual void read_status(const core::instance& at, exchange_handler done) = 0;

    /// `GET {url}/plugins/servlet/applinks/whoami`.
    virtual void who_am_i(const core::instance& at, const credentials& authorization,
                          exchange_handler done) = 0;

    /// Call 2, `PUT {url}/rest/secure-tunneling/latest/tunnel/token` with the key.
    virtual void install(const core::instance& at, const credentials& authorization,
                         const core::shared_secret& key, exchange_handler done) = 0;

    /// Looks the instance's name up, connects, by a proxy where one is set, and shakes hands as for a request,
    /// within `timeout.connect`, and hangs up without sending one.
    virtual void examine(const core::instance& at, way_handler done) = 0;

    /// As ports::cloud has it.
    [[nodiscard]] virtual std::string missing_secret(const core::instance& at) const = 0;
};

}  // namespace tunnelkeyd::ports
