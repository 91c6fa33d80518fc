#include "core/organization_gate.hpp"

#include "core/backoff.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::core {

namespace {

constexpr duration longest_calm_pause = std::chrono::hours(24);
constexpr duration longest_urgent_pause = std::chrono::hours(1);
constexpr duration unspecified_pause = std::chrono::minutes(1);
constexpr duration probe_takes_at_most = std::chrono::seconds(30);

}  // namespace

steady_time organization_gate::opens_at(core::urgency urgency, moment now) const {
    steady_time at = now.steady;
    if (rate_limit_)
        at = std::max(at, urgency == urgency::open_gap ? rate_limit_->open_gaps_until : rate_limit_->until);
    if (refusals_ > 0 && urgency != urgency::requested)
        at = std::max(at, urgency == urgency::open_gap ? urgent_probe_at_ : calm_probe_at_);
    return at;
}

void organization_gate::enter(moment now) {
    if (refusals_ == 0)
        return;
    urgent_probe_at_ = std::max(urgent_probe_at_, now.steady + probe_takes_at_most);
    calm_probe_at_ = std::max(calm_probe_at_, now.steady + probe_takes_at_most);
}

void organization_gate::api_key_refused(moment now, const retry_policy& retry, double chance) {
    if (refusals_ == 0)
        refused_since_ = now.steady;
    ++refusals_;
    calm_probe_at_ = now.steady + retry.calm.max;
    urgent_probe_at_ = now.steady + backoff(retry.slow, refusals_, chance);
}

bool organization_gate::api_key_accepted() {
    return std::exchange(refusals_, 0) > 0;
}

void organization_gate::rate_limited(moment now, std::optional<duration> wait) {
    steady_time until = now.steady + std::min(wait.value_or(unspecified_pause), longest_calm_pause);
    if (!wait && rate_limit_)
        until = std::max(until, rate_limit_->until);
    rate_limit_ = pause{now.steady, until, std::min(until, now.steady + longest_urgent_pause)};
}

std::optional<organization_gate::pause> organization_gate::rate_limit(moment now) const {
    return rate_limit_ && rate_limit_->until > now.steady ? rate_limit_ : std::nullopt;
}

bool organization_gate::forget(const identity& tunnel) {
    if (unknown_of_ != tunnel)
        return false;
    unknown_of_.reset();
    return true;
}

void organization_gate::regenerate_ended(const identity& tunnel, bool unknown) {
    unknown_of_ = unknown ? std::optional(tunnel) : std::nullopt;
}

}  // namespace tunnelkeyd::core
