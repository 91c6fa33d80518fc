#include "core/rotation.hpp"
#include "core/rotation_limits.hpp"
#include "core/settings_text.hpp"

#include <algorithm>
#include <cassert>

// Call 1: intent, regenerate, and what its outcome leads to.
namespace tunnelkeyd::core {

namespace {

constexpr duration longest_timeout = std::chrono::minutes(5);
constexpr duration longest_rate_limit = std::chrono::hours(1);  // with the gap open
constexpr int too_many_requests = 429;

std::string_view remedy(hindrance of) {
    switch (of) {
    case hindrance::own:
        return unreadable_remedy;
    case hindrance::name:
        return "see that cloud.url is right, and that this machine's name servers know its host";
    case hindrance::proxy:
        return "see to the proxy, or to cloud.proxy, as the last error says";
    case hindrance::tls:
        return "see to TLS as the last error says: cloud.tls (ca_file, where a proxy looks into TLS); "
               "tunnelkeyd preflight shows more";
    case hindrance::connection:
        break;
    }
    return "see that cloud.url, cloud.proxy and the network between are right";
}

std::string_view remedy(const regenerate_verdict& refusal) {
    if (refusal.status == 401)
        return "make a new API key at admin.atlassian.com and put it where organizations[].api_key points";
    if (refusal.status == 403)
        return "give the organization's API key the right to manage application tunnels";
    if (refusal.status == 404)
        return "see that the organization's id and the tunnel's hostname are right";
    if (refusal.status >= 300 && refusal.status < 400)
        return "see that cloud.url is right, and that nothing on the way to it answers in the cloud's place";
    if (refusal.status == 0)
        return remedy(refusal.hindrance);
    return "it is asked again later";
}

/// In the words of preflight where that sees the same.
std::string_view code_of(const regenerate_verdict& refusal) {
    if (refusal.status == 401)
        return "api_key_refused";
    if (refusal.status == 0 && refusal.hindrance == hindrance::own)
        return "secret_unreadable";
    return "regenerate_refused";
}

}  // namespace

rotation_action rotation::write_intent(moment now) {
    if (!record_.open) {
        open_rotation open;
        open.why = attempt_->why;
        open.began_at = attempt_->began.wall;
        open.gap_opened_at = now.wall;
        attempt_->gap_opened = now.steady;
        record_.open = std::move(open);
    }
    auto& open = *record_.open;
    open.intent = true;
    ++open.regenerates;
    ++record_.generation;
    open.instance_url = settings_->instance.url.text();
    open.settings = settings_text(*settings_);
    forgot_backoff_ = false;
    if (record_.key && record_.key->rejections >= rejections_until_replaced)
        record_.regenerated_for_rejection_at = now.wall;
    phase_ = phase::intent;
    return action::save{};
}

rotation_action rotation::intent_failed(const std::string& error, moment now, double chance) {
    note(log_level::error, "store.failed",
         "nothing was sent, since the intent could not be written: " + error +
             ": see that state.directory can be written and has room");
    core::trouble why{"store_failing", error, "see that state.directory can be written and has room"};
    record_.open->intent = false;
    --record_.open->regenerates;
    if (record_.key && record_.key->rejections >= rejections_until_replaced)
        record_.regenerated_for_rejection_at.reset();
    replace_key_ = false;
    if (!untouched())
        return fail_open(backoff_kind::urgent, std::move(why), std::nullopt, duration(0), now, chance);
    return fail_untouched(outcome::store_failed, std::move(why), false, std::nullopt, now, chance);
}

rotation_action rotation::send_regenerate() {
    phase_ = phase::regenerating;
    return action::regenerate{timeouts_in_a_row_};
}

rotation_action rotation::on(const event::regenerated& event, moment now, double chance) {
    assert(phase_ == phase::regenerating);
    const auto& verdict = event.verdict;
    timeouts_in_a_row_ = verdict.timed_out ? timeouts_in_a_row_ + 1 : 0;
    if (verdict.what == regenerate_verdict::kind::minted)
        return minted(event, now);
    if (verdict.what == regenerate_verdict::kind::refused)
        return refused(verdict, now, chance);

    note(log_level::error, "rotation.unknown",
         "the cloud may have made a new key that we never saw (" + verdict.why +
             "): the tunnel may be down until " + "a new key is made and installed; that is tried again soon");
    became_unknown(now);
    return fail_open(backoff_kind::urgent,
                     {"regenerate_unknown", "regenerate: " + verdict.why,
                      "see that the cloud can be reached; a new key is asked for until one is installed"},
                     verdict.retry_after, longest_retry_after, now, chance);
}

rotation_action rotation::minted(const event::regenerated& event, moment now) {
    const auto& verdict = event.verdict;
    auto& open = *record_.open;
    open.intent = false;
    open.unknowns_in_a_row = 0;
    record_.failures = 0;
    record_.retry_at.reset();
    if (open.regenerates == 1)
        trouble_.reset();  // it was of the time before the gap
    backoff_kind_.reset();
    replace_key_ = false;
    seal_again_ = false;
    record_.key =
        pending_key{verdict.key, record_.generation, now.wall, verdict.name, verdict.on_premise_url, 0};
    guards_ = event.guards;
    note(log_level::info, "rotation.minted", "the cloud made a new key")
        .fields.emplace_back("generation", std::to_string(record_.generation));
    if (guards_.what == guard_finding::kind::warn)
        note(log_level::warn, "rotation.on_premise_url_differs", guards_.message);
    phase_ = phase::sealing;
    return action::save{};
}

rotation_action rotation::refused(const regenerate_verdict& verdict, moment now, double chance) {
    const bool credentials = verdict.credentials_refused();
    core::trouble why{code_of(verdict), "regenerate: " + verdict.why, std::string(remedy(verdict))};
    note(credentials || !untouched() ? log_level::error : log_level::warn, "rotation.refused",
         "the cloud made no new key (" + verdict.why + ")" +
             (untouched() ? ", the present one is untouched: " : ", and the key gap is still open: ") +
             std::string(remedy(verdict)));
    record_.open->intent = false;
    record_.open->unknowns_in_a_row = 0;
    replace_key_ = false;  // back to the key that the instance rejected, or that is held
    if (verdict.status == 0 && record_.key && record_.key->rejections >= rejections_until_replaced)
        record_.regenerated_for_rejection_at.reset();  // the cloud was not reached: that was no replacement
    if (!untouched()) {
        const bool rate_limited = verdict.status == too_many_requests;
        return fail_open(credentials ? backoff_kind::slow : backoff_kind::urgent, std::move(why),
                         verdict.retry_after, rate_limited ? longest_rate_limit : longest_retry_after, now,
                         chance);
    }
    return fail_untouched(outcome::refused, std::move(why), credentials, verdict.retry_after, now, chance);
}

void rotation::became_unknown(moment now) {
    auto& open = *record_.open;
    open.intent = false;
    open.unknown = true;
    ++open.unknowns_in_a_row;
    record_.key.reset();  // suspect: the cloud may have replaced it
    replace_key_ = false;
    note_unanswered(now);
    owe_confirmation("a regenerate request may still take effect late");
}

rotation_action rotation::sealed(const std::string& error, moment now) {
    if (error.empty())
        return to_install(now);
    note(log_level::error, "store.failed",
         "the new key could not be written: " + error +
             (seal_again_ ? "; it is installed from memory" : "; trying once more"));
    if (std::exchange(seal_again_, true))
        return to_install(now);
    return action::save{};
}

duration regenerate_timeout(duration usual, unsigned timeouts_in_a_row) {
    const duration longer = usual * (1 << std::min(timeouts_in_a_row, 10u));
    return std::max(usual, std::min(longer, longest_timeout));
}

}  // namespace tunnelkeyd::core
