#pragma once

#include "core/time.hpp"

#include <functional>

namespace tunnelkeyd::ports {

/// When to ring: at the earlier of the two.
struct alarm_time {
    core::steady_time steady = core::steady_time::max();  ///< max(): never
    core::wall_time wall = core::wall_time::max();        ///< max(): never
};

/// The two clocks, and the one alarm of the event loop. Used from the loop's thread only.
class clock {
public:
    virtual ~clock() = default;

    [[nodiscard]] virtual core::moment now() const = 0;

    /// Calls `ring` once, from the loop, at `at` or soon after; at once, but not from inside this call, if that
    /// is past. A wall clock that is set, or a machine that slept, is noticed within a minute. Replaces the
    /// alarm set before, which then never rings.
    virtual void set_alarm(alarm_time at, std::function<void()> ring) = 0;

    /// While an alarm is set, `told` is called from the loop within a minute of the wall clock being set by a
    /// second or more, or of the end of a sleep: by how much it went ahead of, or fell behind, the steady
    /// clock.
    virtual void on_wall_clock_set(std::function<void(core::duration by)> told) = 0;
};

}  // namespace tunnelkeyd::ports
