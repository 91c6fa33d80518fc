#include "core/backoff.hpp"
#include "core/rotation.hpp"
#include "core/rotation_limits.hpp"

#include <algorithm>
#include <cassert>

// Call 2: install, what its outcome leads to, and the end of a rotation.
namespace tunnelkeyd::core {

namespace {

constexpr duration between_replacements = std::chrono::hours(1);

/// What to do where the key could not be sent, or the instance is not ready for it.
std::string_view remedy(const install_verdict& failed) {
    switch (failed.hindrance) {
    case hindrance::own:
        return unreadable_remedy;
    case hindrance::name:
        return "see that instance.url is right, and that this machine's name servers know its host: the key is "
               "sent again until it is installed";
    case hindrance::proxy:
        return "see to the proxy, or to instance.proxy, as the last error says: the key is sent again until it "
               "is installed";
    case hindrance::tls:
        return "see to TLS as the last error says: the instance's certificate, or instance.tls (ca_file, say); "
               "tunnelkeyd preflight shows more. The key is sent again until it is installed";
    case hindrance::connection:
        break;
    }
    return "bring the instance back, or the network on the way to it: the key is sent again until it is "
           "installed";
}

}  // namespace

rotation_action rotation::to_install(moment now) {
    if (guards_.what == guard_finding::kind::hold) {
        note(log_level::error, "rotation.held", "the new key is sealed and sent nowhere: " + guards_.message);
        record_.last_error = guards_.message;
        trouble_.reset();  // it was of the time before this key, or before it was held
        phase_ = phase::held;
        not_before_ = now.steady;
        return action::none{};
    }
    if (record_.open->instance_url != settings_->instance.url.text())
        return to_preflight();
    ++record_.open->installs;
    install_of_ = settings_;
    phase_ = phase::installing;
    return action::install{};
}

rotation_action rotation::on(const event::install_answered& event, moment now, double chance) {
    using kind = install_verdict::kind;
    assert(phase_ == phase::installing);
    const auto& verdict = event.verdict;
    const auto because = [&](std::string_view code, std::string remedy) {
        return core::trouble{code, "install: " + verdict.why, std::move(remedy)};
    };
    if (verdict.unanswered)
        note_stray(now);
    // What a place that is no longer its own says, or is told with credentials that are no longer its own, ends
    // nothing: neither the gap nor the attempts.
    const auto sent_by = std::move(install_of_);
    const bool elsewhere = sent_by->instance.url != settings_->instance.url;
    const bool took_it = verdict.what == kind::installed;
    if (elsewhere || (!took_it && sent_by->instance != settings_->instance)) {
        note(log_level::info, "install.repeated",
             (took_it ? "the new key was installed with the settings of before a reload"
                      : "the new key was not installed, and its settings have changed meanwhile (" +
                            verdict.why + ")") +
                 std::string(": it is sent again, with the present ones"));
        return to_install(now);
    }

    switch (verdict.what) {
    case kind::installed:
        return installed(verdict, now);
    case kind::rejected:
        return rejected(verdict, now, chance);
    case kind::retry:
        note(log_level::warn, "install.retry",
             (verdict.status == 0 && !verdict.unanswered ? "the new key could not be sent to the instance ("
                                                         : "the instance did not take the new key (") +
                 verdict.why + "): it is kept and sent again until it is installed");
        return fail_open(
            backoff_kind::urgent,
            because(verdict.hindrance == hindrance::own ? "secret_unreadable" : "instance_not_ready",
                    std::string(remedy(verdict))),
            verdict.retry_after, longest_retry_after, now, chance);
    case kind::credentials_refused: {
        const std::string remedy =
            verdict.client_certificate
                ? "put a client certificate that it accepts where instance.tls.client_certificate points"
                : "renew the token or password that instance.auth points to (a redirect: correct instance.url)";
        note(log_level::error, "install.credentials_refused",
             "the instance refuses our credentials (" + verdict.why + "): " + remedy + "; the new key is kept");
        return fail_open(backoff_kind::slow, because("credentials_refused", remedy + ", and reload"),
                         verdict.retry_after, longest_retry_after, now, chance);
    }
    case kind::wrong_url:
        note(log_level::error, "install.wrong_url",
             "nothing at the instance takes the new key (" + verdict.why +
                 "): correct instance.url, or install the tunnel app; the new key is kept");
        return fail_open(backoff_kind::slow,
                         because("wrong_url", "correct instance.url, or install the tunnel app, and reload"),
                         verdict.retry_after, longest_retry_after, now, chance);
    }
    return action::none{};
}

rotation_action rotation::rejected(const install_verdict& verdict, moment now, double chance) {
    auto& key = *record_.key;
    ++key.rejections;
    note(log_level::error, "install.rejected",
         "the instance does not want the new key (" + verdict.why +
             "): it is sent again, and the fifth rejection in a row asks the cloud for another")
        .fields.emplace_back("rejections", std::to_string(key.rejections));
    const auto last = record_.regenerated_for_rejection_at;
    // In either direction: the wall clock may have stepped back.
    const bool may_replace = !last || std::chrono::abs(now.wall - *last) >= between_replacements;
    if (key.rejections >= rejections_until_replaced && may_replace) {
        replace_key_ = true;
        return to_regenerate(now);
    }
    return fail_open(backoff_kind::urgent,
                     {"key_rejected", "install: " + verdict.why,
                      "see the instance's log; after the fifth rejection a new key is asked for"},
                     verdict.retry_after, longest_retry_after, now, chance);
}

rotation_action rotation::installed(const install_verdict& verdict, moment now) {
    settle_confirmation(now);
    if (!verdict.name.empty() && !record_.key->name.empty() && verdict.name != record_.key->name)
        note(log_level::error, "rotation.name_mismatch",
             "the key is installed, and the instance calls its tunnel \"" + verdict.name +
                 "\" where the cloud says \"" + record_.key->name +
                 "\": see that hostname and instance.url belong together");
    done_ = ended(outcome::installed, "", now);
    note_success(record_, now.wall);
    auto& notice = note(log_level::info, "rotation.installed", "the instance holds the new key");
    notice.fields.emplace_back("reason", to_string(done_->why));
    notice.fields.emplace_back("gap_ms", std::to_string(done_->gap.count()));
    notice.fields.emplace_back("regenerates", std::to_string(done_->regenerates));
    notice.fields.emplace_back("installs", std::to_string(done_->installs));

    record_.open.reset();
    record_.key.reset();
    record_.failures = 0;
    record_.retry_at.reset();
    record_.last_error.clear();
    trouble_.reset();
    backoff_kind_.reset();
    not_before_ = now.steady;
    closing_failures_ = 0;
    phase_ = phase::closing;
    return action::save{done_};
}

void rotation::settle_confirmation(moment now) {
    forget_strays(now.steady);
    const bool overtaken = std::any_of(strays_.begin(), strays_.end(),
                                       [&](const stray& s) { return s.generation != record_.key->generation; });
    if (overtaken)
        owe_confirmation("an earlier key, whose installation was never answered, may still arrive late");
    else if (record_.confirmation_owed && !record_.open->unknown && attempt_->late_enough) {
        record_.confirmation_owed = false;
        note(log_level::info, "confirmation.done",
             "nothing sent earlier can have taken effect after this rotation");
    }
}

rotation_action rotation::closed(const std::string& error, moment now, double chance) {
    if (error.empty()) {
        phase_ = phase::idle;
        attempt_.reset();
        done_.reset();
        return action::none{};
    }
    note(log_level::error, "store.failed",
         (done_->how == outcome::installed || done_->how == outcome::manual
              ? "the key is installed"
              : std::string("the key is untouched")) +
             ", but that could not be written: " + error +
             "; no rotation begins until it is: see that state.directory can be written and has room");
    return action::sleep{now.steady + backoff(settings_->retry.urgent, ++closing_failures_, chance)};
}

}  // namespace tunnelkeyd::core
