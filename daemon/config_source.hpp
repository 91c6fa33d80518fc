#pragma once

#include "ports/configuration.hpp"
#include "store/state_store.hpp"

#include <functional>
#include <string>

namespace tunnelkeyd::daemon {

/// The configuration file, read by a thread that may block.
class config_source final : public ports::configuration {
public:
    using run_task = std::function<void(std::function<void()>)>;

    /// `off_loop` runs a task on that thread, `on_loop` on the event loop. The store outlives the tasks.
    config_source(std::string file, const store::state_store& store, run_task off_loop, run_task on_loop);

    void load(std::shared_ptr<const core::config> in_force, handler done) override;

private:
    std::string file_;
    const store::state_store& store_;
    run_task off_loop_;
    run_task on_loop_;
};

}  // namespace tunnelkeyd::daemon
