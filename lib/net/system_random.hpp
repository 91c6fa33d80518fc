#pragma once

#include "ports/random.hpp"

#include <random>

namespace tunnelkeyd::net {

/// A Mersenne Twister, seeded by the operating system. For spreading load in time, never for keys.
class system_random final : public ports::random {
public:
    system_random();

    double uniform() override;

private:
    std::mt19937_64 generator_;
};

}  // namespace tunnelkeyd::net
