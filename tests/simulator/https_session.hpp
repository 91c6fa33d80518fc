#pragma once

#include "simulator/world.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>

/// Private to the HTTPS server.
namespace tunnelkeyd::simulator {

struct session_settings {
    world* all = nullptr;
    boost::asio::steady_timer* gate = nullptr;
    std::shared_ptr<boost::asio::ssl::context> tls;
    std::optional<side> serves;  ///< as in `listener`
};

/// One connection, from the handshake to its end.
boost::asio::awaitable<void> serve_https(boost::asio::ip::tcp::socket accepted, session_settings settings);

}  // namespace tunnelkeyd::simulator
