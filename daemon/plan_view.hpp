#pragma once

#include "core/forecast.hpp"

#include <span>
#include <string>

namespace tunnelkeyd::daemon {

/// A forecast to be shown. Refers to what it was made of.
struct plan_view {
    std::span<const core::forecast_tunnel> tunnels;
    std::span<const core::expected_rotation> rotations;
    std::span<const std::string> notes;
    core::forecast_range range;

    [[nodiscard]] const core::tunnel& settings(const core::expected_rotation& of) const {
        return *tunnels[of.tunnel].settings;
    }
};

}  // namespace tunnelkeyd::daemon
