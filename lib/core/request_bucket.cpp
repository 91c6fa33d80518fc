#include "core/request_bucket.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

request_bucket::request_bucket(unsigned per_minute, steady_time now)
    : burst_(std::max(per_minute / burst_is_one_in, at_start)) {
    constexpr fine counted = std::chrono::minutes(1) + on_the_way;
    const unsigned refilled = per_minute - burst_ - owed - at_start;
    interval_ = fine((counted.count() + refilled - 1) / refilled);
    full_at_ = now + (burst_ - at_start) * interval_;
}

steady_time request_bucket::opens_at(core::urgency urgency, steady_time now) const {
    const unsigned kept = urgency == urgency::open_gap ? 0 : reserved;
    const fine_time at = full_at_ - interval_ * (burst_ - kept - 1);
    return std::max(now, std::chrono::ceil<duration>(at));
}

unsigned request_bucket::calm_within(duration length, steady_time now) const {
    const auto free = interval_ * (burst_ - reserved) - (std::max(full_at_, fine_time(now)) - now) + length;
    return static_cast<unsigned>(std::max(free, fine(0)) / interval_);
}

void request_bucket::take(steady_time now) {
    full_at_ = std::max(full_at_, fine_time(now)) + interval_;
}

duration request_bucket::interval() const {
    return std::chrono::ceil<duration>(interval_);
}

}  // namespace tunnelkeyd::core
