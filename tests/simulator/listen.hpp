#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>

namespace tunnelkeyd::simulator {

/// A listening socket on 127.0.0.1; `port` 0 is any free one. Throws std::runtime_error with the port and the
/// remedy.
boost::asio::ip::tcp::acceptor listen_on_loopback(boost::asio::io_context& loop, std::uint16_t port);

}  // namespace tunnelkeyd::simulator
