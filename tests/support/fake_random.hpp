#pragma once

#include "ports/random.hpp"

#include <cstdint>

namespace tunnelkeyd::tests {

/// The same numbers for the same seed, everywhere (splitmix64; the standard library's distributions differ).
class fake_random final : public ports::random {
public:
    explicit fake_random(std::uint64_t seed) : state_(seed) {}

    double uniform() override {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }

    [[nodiscard]] bool happens(double probability) { return uniform() < probability; }

private:
    std::uint64_t state_;
};

}  // namespace tunnelkeyd::tests
