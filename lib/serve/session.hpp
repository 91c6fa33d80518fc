#pragma once

#include "serve/server_state.hpp"

#include <memory>

/// Private to the health server.
namespace tunnelkeyd::serve {

/// Answers requests on this connection until either side has enough.
void start_session(std::shared_ptr<server_state> all, boost::asio::ip::tcp::socket accepted);

}  // namespace tunnelkeyd::serve
