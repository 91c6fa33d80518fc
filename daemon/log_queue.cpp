#include "daemon/log_queue.hpp"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

using clock = std::chrono::steady_clock;

constexpr core::duration longest_end = std::chrono::seconds(2);

/// A thread that signals do not interrupt: those are for the event loop.
std::thread thread_without_signals(const std::function<void()>& work) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread made(work);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return made;
}

}  // namespace

struct log_queue::state {
    explicit state(std::size_t limit) : most(limit) {}

    const std::size_t most;
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable done;
    std::deque<std::pair<std::size_t, job>> jobs;
    std::size_t bytes = 0;  // of those that wait
    bool overflowed = false;
    bool ended = false;
    std::optional<clock::time_point> busy_since;
};

log_queue::log_queue(std::size_t most)
    : state_(std::make_shared<state>(most)), thread_(thread_without_signals([all = state_] { work(all); })) {
}

log_queue::~log_queue() {
    const bool done = flush(longest_end);
    {
        const std::lock_guard lock(state_->mutex);
        state_->ended = true;
    }
    state_->wake.notify_one();
    if (done)
        thread_.join();
    else
        thread_.detach();
}

bool log_queue::put(std::size_t size, job what) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->bytes + size > (state_->overflowed ? state_->most / 2 : state_->most)) {
            state_->overflowed = true;
            return false;
        }
        state_->overflowed = false;
        state_->bytes += size;
        state_->jobs.emplace_back(size, std::move(what));
    }
    state_->wake.notify_one();
    return true;
}

bool log_queue::flush(core::duration limit) {
    std::unique_lock lock(state_->mutex);
    return state_->done.wait_for(lock, limit, [this] { return state_->jobs.empty() && !state_->busy_since; });
}

core::duration log_queue::waits() const {
    const std::lock_guard lock(state_->mutex);
    const auto& since = state_->busy_since;
    return since ? std::chrono::floor<core::duration>(clock::now() - *since) : core::duration(0);
}

void log_queue::work(const std::shared_ptr<state>& all) {
    std::unique_lock lock(all->mutex);
    for (;;) {
        all->wake.wait(lock, [&] { return !all->jobs.empty() || all->ended; });
        if (all->jobs.empty())
            return;
        auto [size, next] = std::move(all->jobs.front());
        all->jobs.pop_front();
        all->busy_since = clock::now();
        lock.unlock();
        next();
        next = nullptr;
        lock.lock();
        all->bytes -= size;
        all->busy_since.reset();
        if (all->jobs.empty())
            all->done.notify_all();
    }
}

}  // namespace tunnelkeyd::daemon
