#pragma once

#include "core/config.hpp"
#include "core/exchange.hpp"
#include "core/way.hpp"

#include <functional>

namespace tunnelkeyd::ports {

/// Called exactly once for each request, from the loop, never from inside the call that asked.
using exchange_handler = std::function<void(core::exchange)>;
using way_handler = std::function<void(core::way)>;

/// Atlassian's admin API. Used from the loop's thread only. Never retries, never resends, follows no redirect.
class cloud {
public:
    virtual ~cloud() = default;

    /// `GET {cloud}/admin/v1/orgs/{id}`: is the API key good?
    virtual void read_organization(const core::organization& organization, const core::secret& api_key,
                                   exchange_handler done) = 0;

    /// Call 1, `PUT {cloud}/admin/v1/orgs/{id}/tunnels/{hostname}/token`. `timeout` bounds the request and its
    /// reply.
    virtual void regenerate(const core::identity& tunnel, const core::secret& api_key, core::duration timeout,
                            exchange_handler done) = 0;

    /// Looks the cloud's name up, connects, by a proxy where one is set, and shakes hands as for a request,
    /// within `timeout.connect`, and hangs up without sending one.
    virtual void examine(way_handler done) = 0;

    /// Why something that is needed on the way there cannot be read on this machine, for people: a proxy's
    /// password, the trust store, the client certificate, its key and that one's password. "": nothing is
    /// missing. Blocks for as long as local files take.
    [[nodiscard]] virtual std::string missing_secret() const = 0;
};

}  // namespace tunnelkeyd::ports
