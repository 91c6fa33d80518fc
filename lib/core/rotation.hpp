#pragma once

#include "core/by_hand.hpp"
#include "core/guard.hpp"
#include "core/notice.hpp"
#include "core/preflight.hpp"
#include "core/record.hpp"
#include "core/trouble.hpp"
#include "core/verdict.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tunnelkeyd::core {

/// What a rotation is told.
namespace event {

/// Begin, from idle. Whether it is time is the caller's to know.
struct begin {
    reason why;
};
/// The preflight asked for has ended; nothing: it passed.
struct preflighted {
    std::optional<preflight_failure> failure;
};
/// The regenerate request may leave at once: permit held, organization open.
struct permitted {};
/// The save asked for has ended; "": it is on disk.
struct saved {
    std::string error;
};
struct regenerated {
    regenerate_verdict verdict;
    guard_finding guards;  ///< of a minted key
};
struct install_answered {
    install_verdict verdict;
};
/// The time slept for is over.
struct woken {};
/// A person asks for a rotation now.
struct requested {};
/// A person ends the open key gap, or has the stored key replaced. Only while nothing is under way: where the
/// machine waits, is held, or wants a preflight or permit that has not been given yet.
struct resolved {
    resolution how;
    std::string by;  ///< who: "root"
};
/// The tunnel has left the configuration, say, and its key is untouched: nothing more is done. Only while a
/// preflight or the permit is waited for, and none is under way.
struct abandoned {
    std::string_view because;  ///< a literal, for people
};
/// Another tunnel's key may still reach this one's instance, until then at the latest.
struct disturbed {
    steady_time until;
};
/// The settings changed (see rotation::configure), or those of another tunnel.
struct reconfigured {
    guard_finding guards;  ///< of the pending key, where there is one
    bool own = false;      ///< this tunnel's settings are other ones now
};

}  // namespace event

using rotation_event = std::variant<event::begin, event::preflighted, event::permitted, event::saved,
                                    event::regenerated, event::install_answered, event::woken, event::requested,
                                    event::resolved, event::abandoned, event::disturbed, event::reconfigured>;

/// What a rotation wants done next. Each but `none` and `sleep` is answered by exactly one event.
namespace action {

/// Nothing new: what is under way goes on, or, idle or held, nothing is.
struct none {};
/// Step with event::woken at this time, unless something else comes before. Replaces an earlier sleep.
struct sleep {
    steady_time until;
};
struct preflight {};
struct await_permit {};
/// Write rotation::record() durably, and this line of the history.
struct save {
    std::optional<history_entry> ended;
    bool again = false;  ///< what could not be written before
};
struct regenerate {
    unsigned timeouts_in_a_row;  ///< see regenerate_timeout()
};
/// Send record().key to the instance.
struct install {};

}  // namespace action

using rotation_action = std::variant<action::none, action::sleep, action::preflight, action::await_permit,
                                     action::save, action::regenerate, action::install>;

/// One tunnel's rotations, as a state machine without I/O: step(event, now) -> action. It decides everything
/// that happens between "begin" and the new key's installation, and after a restart what became of it.
///
/// `chance` is a fresh number, uniform over [0, 1), for the jitter of a backoff. Not synchronized. Never
/// throws, but for lack of memory.
class rotation {
public:
    enum class phase : std::uint8_t {
        idle,
        preflight,  ///< before anything is destroyed, before a repeated regenerate, or before a new instance
                    ///< URL
        permit,     ///< waits for its turn to send
        intent,     ///< the intent is being written
        regenerating,
        sealing,  ///< the new key is being written
        installing,
        recording,  ///< a failure is being written
        waiting,    ///< the gap is open; backing off
        held,       ///< the gap is open; a guard forbids to send the key
        closing,    ///< installed; "done" is being written, as often as it takes
    };

    /// How the time is counted for which an owed confirmation must wait, after a restart.
    enum class restart : std::uint8_t {
        daemon,  ///< anew, since the wall clock may have stepped
        once,    ///< from what is on disk, since such a process never lives long enough to count anew
    };

    rotation(tunnel_record record, std::shared_ptr<const tunnel> settings);

    /// The first step after loading the record. `guards` is of the pending key, where there is one.
    [[nodiscard]] rotation_action resume(restart how, guard_finding guards, moment now, double chance);

    [[nodiscard]] rotation_action step(rotation_event event, moment now, double chance);

    /// A person pauses the tunnel, or (nothing) lets it go on. In record() only: when that begins is the
    /// caller's.
    void set_paused(std::optional<wall_time> since) { record_.paused_at = since; }

    /// New settings, for whatever comes next. Step with event::reconfigured afterwards.
    void configure(std::shared_ptr<const tunnel> settings);

    [[nodiscard]] const tunnel_record& record() const noexcept { return record_; }
    [[nodiscard]] const tunnel& settings() const noexcept { return *settings_; }
    [[nodiscard]] const std::shared_ptr<const tunnel>& shared_settings() const noexcept { return settings_; }
    [[nodiscard]] phase where() const noexcept { return phase_; }
    [[nodiscard]] bool is_idle() const noexcept { return phase_ == phase::idle; }
    /// From the first intent until the key is installed. "Done" may still have to be written when it closes.
    [[nodiscard]] bool gap_open() const noexcept { return record_.open.has_value(); }
    /// While idle: no rotation begins before then, but one that a person asks for.
    [[nodiscard]] steady_time not_before() const noexcept { return not_before_; }
    /// While idle: when the owed confirmation may begin.
    [[nodiscard]] std::optional<steady_time> confirmation_due() const;
    /// Its last preflight passed less than a minute ago: event::permitted sends a request, and repeats no
    /// preflight.
    [[nodiscard]] bool preflight_is_fresh(moment now) const;
    /// A person asked, or what stood in the way is gone: forget the backoff.
    void reset_backoff(moment now);
    /// While idle: is a backoff on disk that was forgotten since? Says so once: then record() is to be saved,
    /// or the next start goes by it.
    [[nodiscard]] bool take_forgotten_backoff() { return std::exchange(forgot_backoff_, false); }
    /// What last stood in the way, this run; nothing after a success.
    [[nodiscard]] const std::optional<core::trouble>& trouble() const noexcept { return trouble_; }
    /// Why and when the rotation under way began; nothing while idle.
    [[nodiscard]] std::optional<reason> why() const;
    [[nodiscard]] std::optional<wall_time> began_at() const;

    /// What happened since the last call.
    [[nodiscard]] std::vector<notice> take_notices() { return std::exchange(notices_, {}); }

private:
    enum class backoff_kind : std::uint8_t { calm, urgent, slow };
    struct attempt {  // the rotation under way
        reason why;
        moment began;
        std::string id;  // for the log: when it began, the same over restarts
        steady_time gap_opened{};
        bool late_enough = false;  // it began late enough to discharge an owed confirmation
    };
    struct stray {
        std::uint64_t generation;
        steady_time at;
        wall_time wall;
        std::string instance_url;
    };

    // rotation.cpp: the way to the intent
    rotation_action on(const event::begin& event, moment now, double chance);
    rotation_action on(const event::preflighted& event, moment now, double chance);
    rotation_action on(const event::permitted& event, moment now, double chance);
    rotation_action on(const event::saved& event, moment now, double chance);
    rotation_action on(const event::woken& event, moment now, double chance);
    rotation_action on(const event::requested& event, moment now, double chance);
    rotation_action on(const event::abandoned& event, moment now, double chance);
    rotation_action on(const event::disturbed& event, moment now, double chance);
    rotation_action on(const event::reconfigured& event, moment now, double chance);
    rotation_action go_on(moment now);
    rotation_action to_regenerate(moment now);
    rotation_action to_preflight();
    /// Nothing sent in this rotation can have changed the key.
    [[nodiscard]] bool untouched() const;

    // rotation_regenerate.cpp: call 1
    rotation_action write_intent(moment now);
    rotation_action intent_failed(const std::string& error, moment now, double chance);
    rotation_action send_regenerate();
    rotation_action on(const event::regenerated& event, moment now, double chance);
    rotation_action minted(const event::regenerated& event, moment now);
    rotation_action refused(const regenerate_verdict& verdict, moment now, double chance);
    void became_unknown(moment now);
    rotation_action sealed(const std::string& error, moment now);

    // rotation_install.cpp: call 2
    rotation_action to_install(moment now);
    rotation_action on(const event::install_answered& event, moment now, double chance);
    rotation_action rejected(const install_verdict& verdict, moment now, double chance);
    rotation_action installed(const install_verdict& verdict, moment now);
    void settle_confirmation(moment now);
    rotation_action closed(const std::string& error, moment now, double chance);

    // rotation_by_hand.cpp: what a person does to an open gap
    rotation_action on(const event::resolved& event, moment now, double chance);
    rotation_action ended_by_hand(const std::string& by, moment now);

    // rotation_recovery.cpp: what a restart finds
    void recover(guard_finding guards, moment now, double chance);
    void recover_unknown(moment now, double chance);

    // rotation_backoff.cpp
    rotation_action fail_untouched(outcome how, core::trouble why, bool credentials,
                                   std::optional<duration> retry_after, moment now, double chance);
    rotation_action fail_open(backoff_kind kind, core::trouble why, std::optional<duration> retry_after,
                              duration cap, moment now, double chance);
    void back_off(backoff_kind kind, std::optional<duration> retry_after, duration cap, moment now,
                  double chance);
    void wait(moment now, duration delay);
    void note_wait(moment now);
    void note_unanswered(moment now);
    void note_stray(moment now);
    void forget_strays(steady_time arrived_by);
    void put_strays();
    void owe_confirmation(std::string because);
    [[nodiscard]] history_entry ended(outcome how, const std::string& error, moment now) const;
    notice& note(log_level level, std::string_view name, std::string message);

    tunnel_record record_;
    std::shared_ptr<const tunnel> settings_;
    phase phase_ = phase::idle;
    std::optional<attempt> attempt_;
    guard_finding guards_;
    std::optional<steady_time> preflight_at_;     // when the last one passed, with the settings in force
    std::shared_ptr<const tunnel> preflight_of_;  // the settings that the one under way looks at
    steady_time not_before_{};
    steady_time last_unanswered_{};
    std::shared_ptr<const tunnel> install_of_;  // the settings that the install under way goes by
    std::optional<backoff_kind> backoff_kind_;
    bool forgot_backoff_ = false;        // while nothing was open, and the record was not to be saved since
    unsigned timeouts_in_a_row_ = 0;     // of regenerate, this rotation
    bool seal_again_ = false;            // the first attempt to write the key failed
    bool replace_key_ = false;           // regenerate although a pending key is there
    std::optional<history_entry> done_;  // while closing
    unsigned closing_failures_ = 0;
    std::vector<stray> strays_;  // record_.strays on the steady clock
    std::optional<core::trouble> trouble_;
    std::vector<notice> notices_;
};

std::string_view to_string(rotation::phase phase);

/// How long a regenerate request may take: after one that timed out the next may take twice as long, up to five
/// minutes, or `usual` where that is longer.
duration regenerate_timeout(duration usual, unsigned timeouts_in_a_row);

}  // namespace tunnelkeyd::core
