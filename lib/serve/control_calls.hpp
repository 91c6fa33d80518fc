#pragma once

#include "serve/control_order.hpp"
#include "serve/pending_answer.hpp"
#include "serve/server_state.hpp"

#include <memory>
#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Asks the daemon. `by` as in operations. What is answered after nobody waits any more is dropped.
std::shared_ptr<pending_answer> begin_call(const std::shared_ptr<server_state>& all, const order& asked,
                                           const std::string& by);

}  // namespace tunnelkeyd::serve
