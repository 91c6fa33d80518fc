#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace tunnelkeyd::daemon {

/// Does jobs one after the other on a thread of its own: whoever puts one never waits for whoever is written
/// to. A pipe that nobody reads, or a journal that hangs, would else stop the event loop, perhaps between a new
/// key and its seal. Any thread.
class log_queue {
public:
    using job = std::function<void()>;

    /// `most`: so many bytes may wait.
    explicit log_queue(std::size_t most);
    /// Waits for all that was put, two seconds at most. What is stuck for longer is lost with the process.
    ~log_queue();
    log_queue(const log_queue&) = delete;
    log_queue& operator=(const log_queue&) = delete;

    /// `size`: about how many bytes it takes while it waits. False: there is no room, and it will not be done.
    /// Once that was so, there is room again when half of the queue is done.
    bool put(std::size_t size, job what);

    /// Whether all that was put is done within this time.
    bool flush(core::duration limit);

    /// For how long the job under way has been so; 0 where there is none.
    [[nodiscard]] core::duration waits() const;

private:
    struct state;
    static void work(const std::shared_ptr<state>& all);

    std::shared_ptr<state> state_;  // shared with a thread that may be stuck for good
    std::thread thread_;
};

}  // namespace tunnelkeyd::daemon
