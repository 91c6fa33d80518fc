#pragma once

#include "ports/clock.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace tunnelkeyd::tests {

/// The event loop and both clocks, in virtual time: time passes only when there is nothing to do. Events of one
/// time run in the order in which they were posted, so that runs repeat exactly. Single-threaded.
class fake_loop final : public ports::clock {
public:
    [[nodiscard]] core::moment now() const override { return now_; }
    void set_alarm(ports::alarm_time at, std::function<void()> ring) override;
    void on_wall_clock_set(std::function<void(core::duration by)> told) override { told_ = std::move(told); }

    /// Something happens in the world outside, whether the daemon still runs or not.
    void post(core::duration delay, std::function<void()> run) { push(delay, std::move(run), outside); }

    /// Which run of the daemon this is.
    [[nodiscard]] std::uint64_t life() const noexcept { return life_; }
    /// Something happens inside the daemon: never, if it was killed since `life`.
    void deliver(std::uint64_t life, core::duration delay, std::function<void()> run) {
        push(delay, std::move(run), life);
    }

    /// The daemon is gone: its alarm, and everything to be delivered to it, is dropped.
    void kill();

    /// Runs the next event, at its time. False if there is none up to `until`; then it is `until`.
    bool step(core::steady_time until);
    void run_for(core::duration length);

    /// The wall clock is set forward, or back. That is noticed as late as it may.
    void step_wall(core::duration by);

    /// Events run since the beginning.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

private:
    static constexpr std::uint64_t outside = 0;
    struct event {
        core::steady_time at;
        std::uint64_t number;
        std::uint64_t life;
        std::function<void()> run;
    };
    struct later {
        bool operator()(const event& a, const event& b) const {
            return a.at != b.at ? a.at > b.at : a.number > b.number;
        }
    };

    void push(core::duration delay, std::function<void()> run, std::uint64_t life);
    void drop_dead();
    [[nodiscard]] core::duration until_alarm_by_wall() const;
    void advance(core::steady_time to);

    core::moment now_{core::wall_time(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)),
                      core::steady_time(std::chrono::hours(1000))};
    std::uint64_t life_ = outside + 1;
    std::uint64_t posted_ = 0;
    std::uint64_t steps_ = 0;
    std::priority_queue<event, std::vector<event>, later> events_;
    std::optional<event> alarm_;
    std::function<void(core::duration)> told_;
    ports::alarm_time alarm_at_;  // what was asked for; *alarm_ is when that is
};

}  // namespace tunnelkeyd::tests
