#pragma once

#include "serve/pending_answer.hpp"
#include "serve/routes.hpp"
#include "serve/server_state.hpp"

#include <atomic>
#include <memory>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// A page that is being made: first a look at what is going on, then, on the worker, the text. Shared by
/// whoever waits and the worker.
struct rendering : pending_answer {
    rendering(boost::asio::io_context& loop, route what, core::duration limit)
        : pending_answer(loop, limit), asked(std::move(what)) {}

    const route asked;
    bool looked = false;                 ///< the look has come
    std::atomic<bool> abandoned{false};  ///< nobody waits any more: not worth the worker's time
};

/// Begins one, for as long as `answer` of the server's limits. Nobody is called when `wake` has ended.
std::shared_ptr<rendering> begin_rendering(const std::shared_ptr<server_state>& all, route asked);

}  // namespace tunnelkeyd::serve
