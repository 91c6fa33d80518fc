#pragma once

#include "core/time.hpp"
#include "support/fake_random.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

namespace tunnelkeyd::simulation {

/// One stream of a seed's luck. Streams do not disturb each other, so that a change to one part of the
/// simulation leaves most of what a seed does as it was.
class chance {
public:
    chance(std::uint64_t seed, std::uint64_t stream) : random_(mixed(mixed(seed) + stream)) {}

    [[nodiscard]] bool happens(double probability) { return random_.happens(probability); }
    /// Below `count`.
    [[nodiscard]] std::size_t pick(std::size_t count) {
        return static_cast<std::size_t>(random_.uniform() * static_cast<double>(count));
    }
    template <typename Choices>
    [[nodiscard]] auto one_of(const Choices& choices) {
        return *std::next(std::begin(choices), static_cast<std::ptrdiff_t>(pick(std::size(choices))));
    }
    [[nodiscard]] core::duration up_to(core::duration limit) {
        return core::duration(
            static_cast<core::duration::rep>(random_.uniform() * static_cast<double>(limit.count())));
    }
    /// Of exponential distribution, cut off at ten times its mean.
    [[nodiscard]] core::duration about(core::duration mean) {
        const double factor = std::min(10.0, -std::log(1.0 - random_.uniform()));
        return core::duration(1 + static_cast<core::duration::rep>(factor * static_cast<double>(mean.count())));
    }

private:
    /// Neighbours become strangers: what follows a state in fake_random is only a fixed step away (splitmix64).
    [[nodiscard]] static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    tests::fake_random random_;
};

}  // namespace tunnelkeyd::simulation
