#include "core/schedule/jitter.hpp"

#include <string>

namespace tunnelkeyd::core {

namespace {

/// FNV-1a: the result is kept over restarts and builds, which std::hash does not promise.
class stable_hash {
public:
    stable_hash& add(const void* bytes, std::size_t size) {
        const auto* byte = static_cast<const unsigned char*>(bytes);
        for (std::size_t i = 0; i < size; ++i)
            state_ = (state_ ^ byte[i]) * 0x100000001b3ULL;
        return *this;
    }
    stable_hash& add(const std::string& text) { return add(text.c_str(), text.size() + 1); }
    stable_hash& add(std::uint64_t number) { return add(&number, sizeof number); }

    /// Finished as in splitmix64, since FNV's upper bits are weak for short inputs.
    [[nodiscard]] std::uint64_t value() const {
        std::uint64_t z = state_ + 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace

duration jitter_of(const identity& id, wall_time occurrence, duration limit, std::uint64_t salt) {
    const auto hash = stable_hash()
                          .add(id.organization_id)
                          .add(id.hostname)
                          .add(static_cast<std::uint64_t>(occurrence.time_since_epoch().count()))
                          .add(salt)
                          .value();
    const double uniform = static_cast<double>(hash >> 11) * 0x1p-53;
    return duration(static_cast<duration::rep>(uniform * static_cast<double>(limit.count() + 1)));
}

}  // namespace tunnelkeyd::core
