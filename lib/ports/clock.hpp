#pragma once

#include "core/time.hpp"

#include <functional>

namespace tunnelkeyd::ports {

/// The two clocks, and the one alarm of the event loop. Used from the loop's thread only.
class clock {
public:
    virtual ~clock() = default;

    [[nodiscard]] virtual core::moment now() const = 0;

    /// Calls `ring` once, from the loop, at `at` or soon after; at once, but not from inside this call, if that
    /// is past. Replaces the alarm set before, which then never rings.
    virtual void set_alarm(core::steady_time at, std::function<void()> ring) = 0;
};

}  // namespace tunnelkeyd::ports
