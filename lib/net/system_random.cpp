#include "net/system_random.hpp"

namespace tunnelkeyd::net {

namespace {

std::mt19937_64 seeded() {
    std::random_device source;
    std::seed_seq seed{source(), source(), source(), source()};
    return std::mt19937_64(seed);
}

}  // namespace

system_random::system_random() : generator_(seeded()) {
}

double system_random::uniform() {
    // The 53 bits of a double's fraction. std::uniform_real_distribution may round up to 1 (LWG 2524).
    return static_cast<double>(generator_() >> 11) * 0x1p-53;
}

}  // namespace tunnelkeyd::net
