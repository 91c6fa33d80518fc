#pragma once

#include "serve/answer.hpp"
#include "serve/control_routes.hpp"
#include "serve/peer.hpp"
#include "serve/routes.hpp"
#include "serve/server_state.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// What counts of a request's line and header.
struct request_head {
    std::string method;
    std::string target;
    bool keep_alive = false;
    bool has_body = false;     ///< with a length of its own, or in chunks
    std::uint64_t length = 0;  ///< of the body; 0: it comes in chunks
};

/// What a client asked for. With `refusal`, or where `over`, it is the last thing on the connection.
struct request {
    bool over = false;  ///< no request came
    bool keep_alive = false;
    bool head_only = false;
    bool body_follows = false;  ///< and is taken
    route to;
    std::optional<call_target> call;  ///< in place of `to`
    std::string body;
    std::optional<answer> refusal;
    bool denied = false;  ///< refused for who asks
};

/// Says what is asked for, or refuses it. `who`: at a control socket.
request understand(const request_head& head, const server_state& all, const peer& who);

request refused(answer with);

}  // namespace tunnelkeyd::serve
