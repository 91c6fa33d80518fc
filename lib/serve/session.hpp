#pragma once

#include "serve/server_state.hpp"

#include <memory>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Answers requests on this connection until either side has enough.
void start_session(std::shared_ptr<server_state> all, stream_socket accepted);

}  // namespace tunnelkeyd::serve
