#pragma once

#include "core/organization_gate.hpp"
#include "core/time.hpp"

#include <chrono>

namespace tunnelkeyd::core {

/// How many requests one organization may send to the cloud: a token bucket that keeps below
/// `cloud.requests_per_minute` in every minute, whether the cloud counts from one full minute to the next or
/// looks back over the last one. A server of either kind sees, within a minute, at most
///
///     burst + owed + at_start + what is refilled in a minute and `on_the_way`
///
/// and the refill is as fast as makes that the limit. So what is asked for is never answered with 429, unless
/// somebody else spends the same limit, or the limit is lower than configured.
///
/// Decides only: whoever sends asks opens_at(), and says so with take(). No clock, no I/O.
class request_bucket {
public:
    /// A full bucket holds this part of the limit: many small organizations never wait at all.
    static constexpr unsigned burst_is_one_in = 5;
    /// A start may send so many at once, one rotation's beside the reserve: what the last run has sent within
    /// the same minute nobody knows.
    static constexpr unsigned at_start = 4;
    /// So many only a tunnel with an open key gap takes: the question about the API key, and the regenerate.
    /// More than one such tunnel go first all the same, with each token that is refilled.
    static constexpr unsigned reserved = 2;
    /// So many may be owed: take() does not ask.
    static constexpr unsigned owed = 2;
    /// From take() until the cloud counts it: the write of the intent, name look-up, connection. Two requests
    /// may differ by that much, and so come into a minute in which neither left.
    static constexpr duration on_the_way = std::chrono::seconds(10);

    /// `per_minute`: at least core::least_requests_per_minute.
    request_bucket(unsigned per_minute, steady_time now);

    /// Not before then. In the past or now: at once, and whoever sends says so with take().
    [[nodiscard]] steady_time opens_at(core::urgency urgency, steady_time now) const;

    /// How many calm requests may leave from now on within this time, if nobody else sends any.
    [[nodiscard]] unsigned calm_within(duration length, steady_time now) const;

    /// One leaves, whether or not it was time: then the next ones wait for longer.
    void take(steady_time now);

    /// The time between two requests when the burst is spent, rounded up to a millisecond.
    [[nodiscard]] duration interval() const;

private:
    using fine = std::chrono::microseconds;  // at 1,000 requests a second a millisecond would be too coarse
    using fine_time = std::chrono::time_point<std::chrono::steady_clock, fine>;

    unsigned burst_;
    fine interval_;      // between two tokens
    fine_time full_at_;  // the virtual scheduling algorithm of ITU-T I.371: all of its state
};

}  // namespace tunnelkeyd::core
