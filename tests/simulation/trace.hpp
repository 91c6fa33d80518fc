#pragma once

#include "core/time.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace tunnelkeyd::simulation {

/// The last of what happened, for whoever reads what went wrong. Costs nothing while it is off.
class trace {
public:
    bool on = false;

    /// `hostname`: "" if it concerns everybody.
    void write(core::wall_time at, std::string_view hostname, std::string_view what);

    /// What concerns this tunnel, or everybody: a line each, the last `count` of them.
    [[nodiscard]] std::string of(std::string_view hostname, std::size_t count) const;

private:
    struct line {
        core::wall_time at;
        std::string hostname;
        std::string what;
    };
    std::deque<line> lines_;
};

}  // namespace tunnelkeyd::simulation
