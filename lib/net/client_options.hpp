#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <string>

namespace tunnelkeyd::net {

/// What tests change and the daemon leaves as it is.
struct client_options {
    /// A connection serves another request only if it was idle for less than this: servers close idle
    /// connections, and a request that crosses with the close would be lost, or worse, half lost.
    core::duration idle_limit{2'000};
    /// Idle connections kept at once; the oldest makes room. As many as there are rotations between their
    /// preflight and their install at a busy time, so that these need not shake hands twice.
    std::size_t most_idle = 1'024;
    std::string name_servers;  ///< in place of /etc/resolv.conf's, as in "127.0.0.1:5300"
    /// A connection serves no request that comes later than this after it was made: names move to other
    /// addresses, and servers behind a load balancer are drained. Servers that count requests announce the last
    /// one.
    core::duration life_limit{60'000};
};

}  // namespace tunnelkeyd::net
