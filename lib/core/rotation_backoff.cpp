#include "core/backoff.hpp"
#include "core/rotation.hpp"

#include <algorithm>
#include <utility>

// How a step that failed is kept count of, and how long the next one waits.
namespace tunnelkeyd::core {

namespace {

constexpr unsigned many_unknowns = 10;
constexpr duration urgent_max_after_many = std::chrono::minutes(15);
constexpr duration longest_calm_retry_after = std::chrono::hours(24);

}  // namespace

rotation_action rotation::fail_untouched(outcome how, core::trouble why, bool credentials,
                                         std::optional<duration> retry_after, moment now, double chance) {
    back_off(backoff_kind::calm, retry_after, longest_calm_retry_after, now, chance);
    if (credentials)  // repeated logins lock accounts: no jitter towards sooner
        wait(now, std::max(not_before_ - now.steady, settings_->retry.calm.max));
    note_wait(now);
    auto entry = ended(how, why.what, now);
    entry.gap = duration(0);
    record_.last_error = why.what;
    trouble_ = std::move(why);
    forgot_backoff_ = false;
    phase_ = phase::recording;
    if (std::exchange(record_.open, std::nullopt)) {
        // The intent on disk has to go, however long that takes: it would make the next start regenerate.
        done_ = entry;
        closing_failures_ = 0;
        phase_ = phase::closing;
    }
    return action::save{std::move(entry)};
}

rotation_action rotation::fail_open(backoff_kind kind, core::trouble why, std::optional<duration> retry_after,
                                    duration cap, moment now, double chance) {
    back_off(kind, retry_after, cap, now, chance);
    note_wait(now);
    record_.last_error = why.what;
    trouble_ = std::move(why);
    phase_ = phase::recording;
    return action::save{};
}

void rotation::back_off(backoff_kind kind, std::optional<duration> retry_after, duration cap, moment now,
                        double chance) {
    const auto& retry = settings_->retry;
    backoff_limits limits = kind == backoff_kind::calm   ? retry.calm
                            : kind == backoff_kind::slow ? retry.slow
                                                         : retry.urgent;
    if (kind == backoff_kind::urgent && record_.open && record_.open->unknowns_in_a_row >= many_unknowns)
        limits.max = std::max(limits.max, urgent_max_after_many);
    if (backoff_kind_ && *backoff_kind_ != kind)
        record_.failures = 0;
    backoff_kind_ = kind;
    ++record_.failures;
    duration delay = backoff(limits, record_.failures, chance);
    if (retry_after)
        delay = std::max(delay, std::min(*retry_after, cap));
    wait(now, delay);
}

void rotation::wait(moment now, duration delay) {
    not_before_ = now.steady + delay;
    record_.retry_at = now.wall + delay;
}

void rotation::note_wait(moment now) {
    const duration delay = not_before_ - now.steady;
    auto& notice = note(log_level::info, "rotation.backoff", "the next attempt is in " + to_string(delay));
    notice.fields.emplace_back("retry_in_ms", std::to_string(delay.count()));
    notice.fields.emplace_back("failures", std::to_string(record_.failures));
}

void rotation::reset_backoff(moment now) {
    if (!record_.open && (record_.failures > 0 || record_.retry_at))
        forgot_backoff_ = true;
    record_.failures = 0;
    record_.retry_at.reset();
    backoff_kind_.reset();
    not_before_ = now.steady;
    if (!record_.open)
        trouble_.reset();
}

void rotation::note_unanswered(moment now) {
    last_unanswered_ = now.steady;
    record_.last_unanswered_at = now.wall;
}

void rotation::note_stray(moment now) {
    note_unanswered(now);
    const auto generation = record_.key->generation;
    const auto url = install_of_ ? install_of_->instance.url.text() : record_.open->instance_url;
    std::erase_if(strays_, [&](const stray& s) { return s.generation == generation && s.instance_url == url; });
    strays_.push_back({generation, now.steady, now.wall, url});
    put_strays();
}

/// Those that can have arrived by then, if at all.
void rotation::forget_strays(steady_time arrived_by) {
    const auto settle = settings_->retry.settle;
    std::erase_if(strays_, [&](const stray& s) { return arrived_by - s.at >= settle; });
    put_strays();
}

void rotation::put_strays() {
    record_.strays.clear();
    for (const auto& s : strays_)
        record_.strays.push_back({s.generation, s.wall, s.instance_url});
}

rotation_action rotation::on(const event::disturbed& event, moment now, double) {
    last_unanswered_ = std::max(last_unanswered_, event.until);
    record_.last_unanswered_at = now.wall + (last_unanswered_ - now.steady);
    owe_confirmation("a key that was sent to this instance for another tunnel may still arrive");
    if (attempt_)
        attempt_->late_enough = false;
    return action::none{};
}

void rotation::owe_confirmation(std::string because) {
    if (!std::exchange(record_.confirmation_owed, true))
        note(log_level::warn, "confirmation.owed",
             because + ": one more rotation will follow, " + to_string(settings_->retry.settle) +
                 " after the last such request");
}

history_entry rotation::ended(outcome how, const std::string& error, moment now) const {
    history_entry entry;
    entry.why = attempt_->why;
    entry.began_at = attempt_->began.wall;
    entry.ended_at = now.wall;
    entry.how = how;
    entry.error = error;
    if (record_.open) {
        entry.gap = now.steady - attempt_->gap_opened;
        entry.regenerates = record_.open->regenerates;
        entry.installs = record_.open->installs;
    }
    return entry;
}

notice& rotation::note(log_level level, std::string_view name, std::string message) {
    auto& noted = notices_.emplace_back(notice{level, name, std::move(message), {}});
    if (attempt_)
        noted.fields.emplace_back("rotation", attempt_->id);
    return noted;
}

}  // namespace tunnelkeyd::core
