#pragma once

#include "core/time.hpp"
#include "serve/answer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <utility>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// An answer that is being made, and somebody waits for. On the loop.
struct pending_answer {
    pending_answer(boost::asio::io_context& loop, core::duration limit) : wake(loop, limit) {}

    void finish(answer with) {
        made = std::move(with);
        wake.cancel();
    }

    boost::asio::steady_timer wake;  ///< runs out at the limit, is cancelled when the answer is made
    std::optional<answer> made;
};

}  // namespace tunnelkeyd::serve
