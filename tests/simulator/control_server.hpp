#pragma once

#include "simulator/world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>

namespace tunnelkeyd::simulator {

/// Serves the control calls (control_calls.hpp) over plain HTTP on one port of 127.0.0.1, from the loop's
/// thread, for as long as the loop runs. Returns the port; 0 asks for any free one. `all` must outlive the
/// loop.
std::uint16_t listen_control(boost::asio::io_context& loop, world& all, boost::asio::steady_timer& gate,
                             std::uint16_t port);

}  // namespace tunnelkeyd::simulator
