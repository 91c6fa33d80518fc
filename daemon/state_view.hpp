#pragma once

#include "app/reloader.hpp"
#include "core/overview.hpp"
#include "daemon/engine.hpp"
#include "daemon/store_probe.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <string>

namespace tunnelkeyd::daemon {

/// All that is going on, for the health endpoints. Whether the state can be written is asked of the store
/// itself each time, so that it is true whether anything rotates or not. Loop's thread only; outlives the
/// loop's work.
class state_view {
public:
    /// `log_waits`: for how long the log has not been taken (event_log::waits).
    state_view(boost::asio::io_context& loop, ports::clock& clock, ports::log& log,
               std::function<core::duration()> log_waits);

    /// The store is open, and the schedules are up.
    void started(engine& running, const app::reloader& reload);
    void stopping();

    /// As last seen: by an endpoint, or by a look now and then, so that a broken disk is logged without
    /// monitors too.
    [[nodiscard]] bool is_store_failing() const noexcept { return store_fails_since_.has_value(); }

    /// Calls `done` once, from the loop, perhaps from inside this call.
    void look(const core::extent& extent, std::function<void(core::overview)> done);

private:
    core::overview describe(const core::extent& extent, const std::string& store_error);
    void note_store(const std::string& error);
    void watch_store();

    ports::clock& clock_;
    ports::log& log_;
    std::function<core::duration()> log_waits_;
    store_probe store_;
    boost::asio::steady_timer watch_;
    core::wall_time started_at_;
    engine* running_ = nullptr;
    const app::reloader* reload_ = nullptr;
    bool stopping_ = false;
    std::optional<core::wall_time> store_fails_since_;  // as last logged
};

}  // namespace tunnelkeyd::daemon
