#pragma once

#include "ports/metrics.hpp"

#include <array>
#include <vector>

namespace tunnelkeyd::tests {

class fake_metrics final : public ports::metrics {
public:
    void request_ended(ports::endpoint which, const core::exchange&) override {
        ++requests.at(static_cast<std::size_t>(which));
    }
    void rotation_ended(const core::history_entry& entry) override {
        ++rotations.at(static_cast<std::size_t>(entry.how));
    }

    std::array<unsigned, 5> requests{};
    std::array<unsigned, core::outcome_count> rotations{};
};

}  // namespace tunnelkeyd::tests
