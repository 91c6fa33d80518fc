#include "core/rotation.hpp"
#include "core/rotation_limits.hpp"

#include <algorithm>

// What a restart finds on disk, and what it makes of it.
namespace tunnelkeyd::core {

namespace {

// A pending key older than this may come from a restored backup, and may have been replaced since.
constexpr duration key_lasts = std::chrono::hours(1);
constexpr duration longest_wait = std::chrono::hours(24);
constexpr duration longest_wait_with_open_gap = std::chrono::hours(1);

// The wall clock may have stepped.
duration clamp_wait(duration wait, duration longest = longest_wait) {
    return std::clamp(wait, duration(0), longest);
}

}  // namespace

rotation_action rotation::resume(restart how, guard_finding guards, moment now, double chance) {
    last_unanswered_ = now.steady;
    if (how == restart::once && !record_.open && record_.last_unanswered_at)
        last_unanswered_ -= clamp_wait(now.wall - *record_.last_unanswered_at);
    for (const auto& s : record_.strays) {
        const auto age = how == restart::once ? clamp_wait(now.wall - s.at) : duration(0);
        strays_.push_back({s.generation, now.steady - age, s.at, s.instance_url});
    }
    not_before_ = now.steady;
    if (record_.retry_at)
        not_before_ += clamp_wait(*record_.retry_at - now.wall,
                                  longest_wait_after_restart(record_, settings_->retry, now.wall));
    if (!record_.open) {
        if (record_.failures > 0)
            backoff_kind_ = backoff_kind::calm;
        return action::none{};
    }
    recover(std::move(guards), now, chance);
    phase_ = phase::waiting;
    return action::sleep{not_before_};
}

duration longest_wait_after_restart(const tunnel_record& record, const retry_policy& retry, wall_time now) {
    if (!record.open)
        return longest_wait;
    const bool clock_was_set_back = now < record.open->began_at;
    return clock_was_set_back ? retry.slow.max : std::max(longest_wait_with_open_gap, retry.slow.max);
}

void rotation::recover(guard_finding guards, moment now, double chance) {
    const auto& open = *record_.open;
    attempt_ =
        attempt{open.why, {open.began_at, now.steady}, to_iso8601_milliseconds(open.began_at), {}, false};
    attempt_->gap_opened = now.steady - std::max(duration(0), now.wall - open.gap_opened_at);
    if (record_.key) {
        note_stray(now);
        guards_ = std::move(guards);
    }
    if (open.intent) {
        note(log_level::error, "rotation.recovered",
             "the last run ended while a regenerate request may have been under way: the cloud may have made a "
             "key "
             "that we never saw");
        recover_unknown(now, chance);
    } else if (!record_.key) {
        note(log_level::error, "rotation.recovered", "the key gap was open when the last run ended: going on");
    } else if (!record_.key->key) {
        note(log_level::error, "key.lost",
             "a key that was received and not yet installed cannot be unsealed: the sealing key is not the one "
             "that "
             "sealed it; a new one is asked for");
        recover_unknown(now, chance);
    } else if (now.wall - record_.key->minted_at > key_lasts) {
        note(log_level::error, "key.lost",
             "a key that was received and not yet installed is from " + to_iso8601(record_.key->minted_at) +
                 " and may have been replaced since (a restored backup?): a new one is asked for");
        recover_unknown(now, chance);
    } else {
        note(log_level::warn, "rotation.recovered",
             "a key was received and not yet installed when the last run ended: installing it");
    }
}

void rotation::recover_unknown(moment now, double chance) {
    became_unknown(now);
    // Each run that ends inside a regenerate has counted itself in the intent, so that a crash loop slows down.
    // The failures in a first intent are of the time before: calm's.
    const unsigned earlier = record_.open->regenerates - 1;
    record_.failures = earlier == 0 ? 0 : std::max(record_.failures, earlier);
    back_off(backoff_kind::urgent, std::nullopt, duration(0), now, chance);
}

}  // namespace tunnelkeyd::core
