#pragma once

#include "serve/answer.hpp"
#include "serve/routes.hpp"
#include "serve/server_state.hpp"

#include <atomic>
#include <memory>
#include <optional>

/// Private to the health server.
namespace tunnelkeyd::serve {

/// An answer that is being made: first a look at what is going on, then, on the worker, the text. Shared by
/// whoever waits and the worker.
struct rendering {
    rendering(boost::asio::io_context& loop, route what, core::duration limit)
        : asked(std::move(what)), wake(loop, limit) {}

    /// On the loop.
    void finish(answer with) {
        made = std::move(with);
        wake.cancel();
    }

    const route asked;
    boost::asio::steady_timer wake;  ///< runs out at the limit, is cancelled when the answer is made
    std::optional<answer> made;
    bool looked = false;                 ///< the look has come
    std::atomic<bool> abandoned{false};  ///< nobody waits any more: not worth the worker's time
};

/// Begins one, for as long as `answer` of the server's limits. Nobody is called when `wake` has ended.
std::shared_ptr<rendering> begin_rendering(const std::shared_ptr<server_state>& all, route asked);

}  // namespace tunnelkeyd::serve
