#include "core/rotation.hpp"

#include "core/rotation_limits.hpp"
#include "core/settings_text.hpp"

#include <cassert>

// Dispatch, and the way from idle to the permission to send. The rest of the machine: rotation_regenerate.cpp,
// rotation_install.cpp, rotation_recovery.cpp, rotation_backoff.cpp.
namespace tunnelkeyd::core {

namespace {

constexpr duration preflight_lasts = std::chrono::seconds(60);

/// A preflight of the one tells nothing of the other.
bool differ_for_preflight(const tunnel& a, const tunnel& b) {
    return a.organization != b.organization || a.instance != b.instance;
}

}  // namespace

rotation::rotation(tunnel_record record, std::shared_ptr<const tunnel> settings)
    : record_(std::move(record)), settings_(std::move(settings)) {
    record_.name = settings_->name;
}

void rotation::configure(std::shared_ptr<const tunnel> settings) {
    if (differ_for_preflight(*settings_, *settings))
        preflight_at_.reset();
    settings_ = std::move(settings);
    record_.name = settings_->name;
    if (record_.open)
        record_.open->settings = settings_text(*settings_);
}

rotation_action rotation::step(rotation_event event, moment now, double chance) {
    return std::visit([&](const auto& what) { return on(what, now, chance); }, event);
}

std::optional<steady_time> rotation::confirmation_due() const {
    if (!record_.confirmation_owed)
        return std::nullopt;
    return last_unanswered_ + settings_->retry.settle;
}

std::optional<reason> rotation::why() const {
    return attempt_ ? std::optional(attempt_->why) : std::nullopt;
}

std::optional<wall_time> rotation::began_at() const {
    return attempt_ ? std::optional(attempt_->began.wall) : std::nullopt;
}

rotation_action rotation::on(const event::begin& event, moment now, double) {
    assert(phase_ == phase::idle && !record_.open);
    if (event.why == reason::manual)
        reset_backoff(now);
    const auto confirmation_at = confirmation_due();
    attempt_ = attempt{event.why,
                       now,
                       to_iso8601_milliseconds(now.wall),
                       {},
                       !confirmation_at || *confirmation_at <= now.steady};
    timeouts_in_a_row_ = 0;
    note(log_level::info, "rotation.begun", "a rotation begins: preflight first")
        .fields.emplace_back("reason", to_string(event.why));
    return to_preflight();
}

rotation_action rotation::on(const event::preflighted& event, moment now, double chance) {
    assert(phase_ == phase::preflight);
    if (const auto looked_at = std::move(preflight_of_); differ_for_preflight(*looked_at, *settings_))
        return to_preflight();
    if (!event.failure) {
        preflight_at_ = now.steady;
        if (record_.open)
            record_.open->instance_url = settings_->instance.url.text();
        return go_on(now);
    }
    const auto& failure = *event.failure;
    auto& notice =
        note(record_.open || failure.is_credentials() ? log_level::error : log_level::warn, "preflight.failed",
             failure.remedy.empty() ? failure.problem : failure.problem + ": " + failure.remedy);
    notice.fields.emplace_back("check", to_string(failure.at));
    replace_key_ = false;
    if (record_.open)
        return fail_open(failure.is_credentials() ? backoff_kind::slow : backoff_kind::urgent,
                         trouble_of(failure), failure.retry_after, longest_retry_after, now, chance);
    return fail_untouched(outcome::preflight_failed, trouble_of(failure), failure.is_credentials(),
                          failure.retry_after, now, chance);
}

rotation_action rotation::on(const event::permitted&, moment now, double) {
    assert(phase_ == phase::permit);
    return preflight_is_fresh(now) ? write_intent(now) : to_preflight();
}

rotation_action rotation::on(const event::saved& event, moment now, double chance) {
    switch (phase_) {
    case phase::intent:
        return event.error.empty() ? send_regenerate() : intent_failed(event.error, now, chance);
    case phase::sealing:
        return sealed(event.error, now);
    case phase::closing:
        return closed(event.error, now, chance);
    default:
        break;
    }
    assert(phase_ == phase::recording);
    if (!event.error.empty())
        note(log_level::error, "store.failed",
             "the state could not be written: " + event.error +
                 ": see that state.directory can be written and has room");
    if (record_.open) {
        phase_ = phase::waiting;
        return action::sleep{not_before_};
    }
    phase_ = phase::idle;
    attempt_.reset();
    return action::none{};
}

rotation_action rotation::on(const event::woken&, moment now, double) {
    if (phase_ == phase::closing)
        return action::save{done_, true};
    return phase_ == phase::waiting ? go_on(now) : action::none{};
}

rotation_action rotation::on(const event::requested&, moment now, double) {
    reset_backoff(now);
    if (phase_ == phase::held) {
        replace_key_ = true;
        return to_regenerate(now);
    }
    return phase_ == phase::waiting ? go_on(now) : action::none{};
}

rotation_action rotation::on(const event::abandoned& event, moment, double) {
    assert((phase_ == phase::preflight || phase_ == phase::permit) && !record_.open);
    note(log_level::info, "rotation.abandoned", std::string(event.because) + "; its key is untouched");
    phase_ = phase::idle;
    preflight_of_.reset();
    attempt_.reset();
    return action::none{};
}

rotation_action rotation::on(const event::reconfigured& event, moment now, double) {
    guards_ = event.guards;
    if (event.own)
        reset_backoff(now);
    const bool stuck = phase_ == phase::held || (phase_ == phase::waiting && event.own);
    return stuck ? go_on(now) : action::none{};
}

rotation_action rotation::go_on(moment now) {
    return record_.key && !replace_key_ ? to_install(now) : to_regenerate(now);
}

rotation_action rotation::to_regenerate(moment now) {
    if (!preflight_is_fresh(now))
        return to_preflight();
    phase_ = phase::permit;
    return action::await_permit{};
}

rotation_action rotation::to_preflight() {
    phase_ = phase::preflight;
    preflight_of_ = settings_;
    return action::preflight{};
}

bool rotation::preflight_is_fresh(moment now) const {
    return preflight_at_ && now.steady - *preflight_at_ < preflight_lasts;
}

bool rotation::untouched() const {
    return !record_.open || (!record_.open->unknown && !record_.key);
}

std::string_view to_string(rotation::phase phase) {
    switch (phase) {
    case rotation::phase::idle:
        return "idle";
    case rotation::phase::preflight:
        return "preflight";
    case rotation::phase::permit:
        return "queued";
    case rotation::phase::intent:
    case rotation::phase::regenerating:
        return "regenerating";
    case rotation::phase::sealing:
    case rotation::phase::installing:
        return "installing";
    case rotation::phase::recording:
    case rotation::phase::waiting:
        return "waiting";
    case rotation::phase::held:
        return "held";
    case rotation::phase::closing:
        return "closing";
    }
    return {};
}

}  // namespace tunnelkeyd::core
