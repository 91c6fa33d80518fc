#pragma once

#include "simulator/message.hpp"
#include "simulator/world.hpp"

#include <functional>
#include <variant>

/// What tests ask of the simulator and tell it, as JSON.
///
/// | call | does |
/// | --- | --- |
/// | GET /tunnels, /tunnels/{name} | the truth; `changes` only for one |
/// | POST /tunnels/{name} | sets instance_state, whoami, token, on_premise_url, install_reply |
/// | POST /organizations/{name} | sets api_key, request_limit (0: none), request_window_ms (60,000) |
/// | GET /organizations/{name} | turned_away: requests that the limit refused |
/// | GET /requests?after=N&limit=M | the requests behind number N, oldest first, at most M (10,000) |
/// | GET /counters | totals per side and call, connections, handshakes |
/// | GET, POST, DELETE /faults | see faults.hpp |
/// | GET /wait?call=&tunnel=&count=&timeout=&answered=1&applied=1 | 200 once so many came so far, else 408 |
/// | POST /release, /shutdown | |
namespace tunnelkeyd::simulator {

struct control_actions {
    std::function<void()> release;   ///< lets go of all requests that are held
    std::function<void()> shutdown;  ///< ends the loop, after the reply
};

/// GET /wait: the server waits, then answers 200 or 408.
struct wait_order {
    request_condition condition;
    core::duration timeout{0};
};

/// Never throws for a bad request: 400 or 404 with {"error": "..."}.
std::variant<reply, wait_order> answer_control(world& all, const control_actions& actions,
                                               const request& asked);

}  // namespace tunnelkeyd::simulator
