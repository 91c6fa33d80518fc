#pragma once

#include "simulator/listener.hpp"
#include "simulator/world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>

namespace tunnelkeyd::simulator {

/// Serves the simulated calls over TLS on one port of 127.0.0.1, from the loop's thread, for as long as the
/// loop runs. Returns the port. A request that a `hold` fault holds waits on `gate`: cancel it to let all of
/// them go on. `all` must outlive the loop. Throws where the port is taken, or OpenSSL refuses the settings.
std::uint16_t listen_https(boost::asio::io_context& loop, world& all, boost::asio::steady_timer& gate,
                           const listener& settings);

}  // namespace tunnelkeyd::simulator
