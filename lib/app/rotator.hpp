#pragma once

#include "app/outside.hpp"
#include "app/preflight_run.hpp"
#include "core/rotation.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace tunnelkeyd::app {

/// Drives the rotations of one tunnel: asks core::rotation what to do, does it through the ports, and tells it
/// what came of it. It never decides. Loop's thread only. Ports call back into it: destroy it only when it is
/// idle, or when the ports are gone.
class rotator {
public:
    /// Whoever runs the rotators: answers what one tunnel alone cannot know.
    class host {
    public:
        virtual ~host() = default;
        /// Call wake() at this time. Replaces what was asked for before.
        virtual void sleep(rotator& who, core::steady_time until) = 0;
        /// Call run_preflight() once that may begin.
        virtual void want_preflight(rotator& who) = 0;
        /// Call permit() once a regenerate request may leave.
        virtual void want_permit(rotator& who) = 0;
        virtual void regenerate_answered(rotator& who, const core::regenerate_verdict& verdict) = 0;
        /// Nothing: it passed.
        virtual void preflighted(rotator& who, const std::optional<core::preflight_failure>& failure) = 0;
        /// A rotation is over, whatever came of it, and its line of the history is being written.
        virtual void rotation_ended(rotator& who, const core::history_entry& entry) = 0;
        [[nodiscard]] virtual organization_desk& desk_of(const core::tunnel& tunnel) = 0;
        [[nodiscard]] virtual core::guard_finding guards_of(const core::tunnel& tunnel,
                                                            std::string_view on_premise_url) = 0;
        /// A step is complete; the rotation may be in another phase than before.
        virtual void stepped(rotator& who) = 0;
    };

    rotator(const outside& world, host& owner, core::tunnel_record record,
            std::shared_ptr<const core::tunnel> settings, const core::cloud_settings& cloud);
    rotator(const rotator&) = delete;
    rotator& operator=(const rotator&) = delete;

    /// First of all: takes up what the last run left.
    void resume(core::rotation::restart how);

    void begin(core::reason why) { step(core::event::begin{why}); }
    void request() { step(core::event::requested{}); }
    void wake() { step(core::event::woken{}); }
    void permit() { step(core::event::permitted{}); }
    void abandon(std::string_view because) { step(core::event::abandoned{because}); }
    void resolve(core::resolution how, const std::string& by) { step(core::event::resolved{how, by}); }
    /// In the record only: write it down.
    void set_paused(std::optional<core::wall_time> since) { rotation_.set_paused(since); }
    void disturb(core::steady_time until) { step(core::event::disturbed{until}); }
    /// Other settings, which are `own` if they change what is sent, or where, or when it is tried again.
    void reconfigure(std::shared_ptr<const core::tunnel> settings, bool own);
    /// Equal settings, at another place in memory.
    void move_settings(std::shared_ptr<const core::tunnel> settings) {
        rotation_.configure(std::move(settings));
    }
    /// Other tunnels' settings changed: is the pending key held still?
    void check_guards_again() { reconfigured(false); }
    [[nodiscard]] bool is_preflighting() const noexcept { return preflight_ != nullptr; }
    void run_preflight();

    [[nodiscard]] const core::rotation& state() const noexcept { return rotation_; }
    [[nodiscard]] const core::tunnel& settings() const noexcept { return rotation_.settings(); }
    void reset_backoff() { rotation_.reset_backoff(world_.clock.now()); }
    [[nodiscard]] bool take_forgotten_backoff() { return rotation_.take_forgotten_backoff(); }
    void log(const core::notice& event) const { world_.log.write(settings().name, event); }

private:
    void step(core::rotation_event event);
    void reconfigured(bool own);
    [[nodiscard]] core::guard_finding guards_of_pending_key() const;
    void perform(core::rotation_action action);

    void perform(core::action::none) {}
    void perform(core::action::sleep sleep) { owner_.sleep(*this, sleep.until); }
    void perform(core::action::preflight) { owner_.want_preflight(*this); }
    void perform(core::action::await_permit) { owner_.want_permit(*this); }
    void perform(core::action::save save);
    void perform(core::action::regenerate regenerate);
    void perform(core::action::install);

    void log_exchange(std::string_view call, core::duration took, std::string outcome) const;
    void regenerated(const core::exchange& seen);
    void install_answered(const core::exchange& seen, const ports::credentials& authorization);

    const outside& world_;
    host& owner_;
    const core::cloud_settings& cloud_;
    core::rotation rotation_;
    std::unique_ptr<preflight_run> preflight_;
};

}  // namespace tunnelkeyd::app
