#pragma once

#include "core/config.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Throws listen_error.
boost::asio::ip::tcp::acceptor listen_at(boost::asio::io_context& loop, const core::listen_address& where);

/// "127.0.0.1:9847", "[::1]:9847".
std::string text_of(const boost::asio::ip::tcp::endpoint& where);

}  // namespace tunnelkeyd::serve
