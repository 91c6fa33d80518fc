#pragma once

#include "serve/server_state.hpp"

#include <memory>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Lets in whoever comes, until the state is stopped.
void begin_accepting(std::shared_ptr<server_state> all);

}  // namespace tunnelkeyd::serve
