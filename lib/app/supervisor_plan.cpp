#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>
#include <utility>

// When an idle tunnel begins, and why. Who goes first of those that may: supervisor_turns.cpp.
namespace tunnelkeyd::app {

namespace {

constexpr std::string_view windows_closed = "its windows have closed, and it waits for the next";
constexpr std::string_view paused_meanwhile = "a person has paused the tunnel";

}  // namespace

std::optional<core::reason> supervisor::reason_to_begin(const supervised& tunnel, const core::due_time& due,
                                                        core::moment now) const {
    if (tunnel.requested)
        return core::reason::manual;
    const auto& state = tunnel.state();
    if (state.record().paused_at)
        return std::nullopt;
    if (tunnel.configured && may_begin_at(tunnel, due, now.wall) <= now.wall)
        return due.why;
    const auto confirmation = state.confirmation_due();
    return confirmation && *confirmation <= now.steady ? std::optional(core::reason::confirm) : std::nullopt;
}

core::due_time supervisor::next_due(const supervised& tunnel) const {
    return core::next_due(tunnel.settings().schedule, tunnel.state().record(), salt_, started_at_);
}

core::wall_time supervisor::may_begin_at(const supervised& tunnel, const core::due_time& due,
                                         core::wall_time now) const {
    return core::may_begin_at(tunnel.settings().schedule, tunnel.state().record().id, due, now, salt_);
}

/// Its rotation has begun, and nothing was sent yet: why nothing will be; "": it goes on.
std::string_view supervisor::why_abandoned(const supervised& tunnel, core::wall_time now) const {
    const auto& state = tunnel.state();
    if (is_forgotten(tunnel))
        return left_configuration;
    const bool asked = tunnel.requested || state.why() == core::reason::manual;
    if (state.record().paused_at && !asked && !state.gap_open())
        return paused_meanwhile;
    return is_shut_out(tunnel, now) ? windows_closed : std::string_view();
}

/// Its schedule asked for this rotation, and its windows closed before anything was sent.
bool supervisor::is_shut_out(const supervised& tunnel, core::wall_time now) {
    const auto why = tunnel.state().why();
    const bool passes_windows = tunnel.requested || tunnel.state().gap_open() || !why ||
                                *why == core::reason::manual || *why == core::reason::confirm;
    const auto& plan = tunnel.settings().schedule;
    return !passes_windows && !core::next_opening(plan.windows, plan.zone, now).has(now);
}

/// It has left the configuration, and nothing more is done for it.
bool supervisor::is_forgotten(const supervised& tunnel) const {
    if (tunnel.configured)
        return false;
    const auto& state = tunnel.state();
    if (state.gap_open())
        return is_orphan(tunnel);
    return !state.record().confirmation_owed ||
           owner_of(tunnel.settings().instance.url, tunnel.settings().id());
}

core::urgency supervisor::urgency_of(const supervised& tunnel) const {
    if (tunnel.state().gap_open())
        return core::urgency::open_gap;
    return tunnel.requested ? core::urgency::requested : core::urgency::calm;
}

core::steady_time supervisor::opens_at(const supervised& tunnel, core::moment now) {
    return desk_of(tunnel.settings()).gate.opens_at(urgency_of(tunnel), now);
}

/// An idle tunnel: does it begin now, or when is it looked at again?
void supervisor::plan(supervised& tunnel) {
    if (!tunnel.state().is_idle() || tunnel.queued)
        return;
    queues_->alarms.clear(tunnel);
    queues_->schedule.clear(tunnel);
    blocked_.erase(tunnel.key());
    if (draining_ || is_forgotten(tunnel))
        return;
    if (once_ && !tunnel.untried)
        return;

    const auto now = world_.clock.now();
    const auto due = next_due(tunnel);
    const auto why = reason_to_begin(tunnel, due, now);
    note_overdue(tunnel, due.at, now.wall);
    if (!why)
        return wait_for_next(tunnel, due, now.wall);
    if (tunnel.check && !tunnel.requested)
        return;  // it logs in; checked() comes back to this
    if (!tunnel.requested && desk_of(tunnel.settings()).gate.outage()) {
        tunnel.wants = supervised::wish::begin;
        blocked_.insert(tunnel.key());
        return;
    }
    const auto gate_opens = opens_at(tunnel, now);
    const auto not_before =
        tunnel.requested ? now.steady : std::max(tunnel.state().not_before(), may_log_in_at(tunnel, now));
    const auto at = std::max(gate_opens, not_before);
    if (at <= now.steady) {
        tunnel.queued = true;
        queues_->may_begin.push(tunnel.line(), tunnel);
    } else if (once_ && (not_before > now.steady || at > deadline_ ||
                         desk_of(tunnel.settings()).gate.is_api_key_refused())) {
        skip(tunnel, at - now.steady);
    } else {
        queues_->park(tunnel, supervised::wish::begin, at);
    }
}

/// Since when might it have begun, had nothing stood in the way? That the daemon was down does not count,
/// unless it had tried, and failed, before; nor does the time before new settings made it due.
void supervisor::note_overdue(supervised& tunnel, core::wall_time due, core::wall_time now) {
    const auto before = tunnel.overdue_since;
    if (!tunnel.configured || due > now || tunnel.state().record().paused_at)
        tunnel.overdue_since.reset();
    else if (!tunnel.overdue_since)
        tunnel.overdue_since = tunnel.state().record().failures > 0 && tunnel.changed == 0 ? due : now;
    if (tunnel.overdue_since != before)
        look_at_health(tunnel);
}

void supervisor::wait_for_next(supervised& tunnel, const core::due_time& due, core::wall_time now) {
    const auto& state = tunnel.state();
    if (state.record().paused_at)
        return;
    if (tunnel.configured)
        queues_->schedule.set(tunnel, may_begin_at(tunnel, due, now));
    if (const auto confirmation = state.confirmation_due())
        queues_->park(tunnel, supervised::wish::begin, *confirmation);
}

void supervisor::log_plan(const supervised& tunnel, core::log_level level) const {
    if (tunnel.due)
        tunnel.log({level,
                    "rotation.planned",
                    "the next rotation is due at " + core::to_iso8601(*tunnel.due),
                    {{"next", core::to_iso8601(*tunnel.due)}}});
}

/// Whoever waits for an opening of its windows may have waited for another one.
void supervisor::clock_set(core::duration by) {
    log(core::log_level::warn, "clock.set",
        "the wall clock was set " + std::string(by > core::duration(0) ? "forward" : "back") + " by " +
            core::to_string(std::chrono::abs(by)) + ", or the machine slept: schedules go by it from now on");
    for (const auto& tunnel : tunnels_) {
        plan(*tunnel);
        look_at_health(*tunnel);
    }
    turn_ended();
}

/// With --once: it is due, and its turn is not now.
void supervisor::skip(supervised& tunnel, core::duration wait) {
    const auto& error = tunnel.state().record().last_error;
    tunnel.log({core::log_level::warn,
                "rotation.skipped",
                "due, but not before " + core::to_string(wait) + " have passed: " +
                    (error.empty() ? "its organization is paused by the cloud" : "it failed, " + error),
                {}});
    had_its_turn(tunnel);
    tunnel.failed = true;
}

void supervisor::had_its_turn(supervised& tunnel) {
    untried_ -= std::exchange(tunnel.untried, false);
    tunnel.tried = true;
}

}  // namespace tunnelkeyd::app
