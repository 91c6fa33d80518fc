#include "app/supervised.hpp"
#include "app/supervisor.hpp"
#include "core/schedule/jitter.hpp"

#include <algorithm>
#include <utility>

// Background preflights, so that a dead credential is known long before a rotation needs it.
namespace tunnelkeyd::app {

namespace {

// Few at once, since they are never urgent, and each may wait for a dead instance's timeouts. Organizations
// take turns.
constexpr unsigned max_checking = 16;
// The first after a start comes within this time, and not at once: whoever cannot be looked at yet is asked for
// again after as long.
constexpr core::duration first_within = std::chrono::hours(1);
constexpr core::duration first_after = std::chrono::minutes(1);

}  // namespace

/// When is it looked at next? `at`: rather then.
void supervisor::plan_checkup(supervised& tunnel, std::optional<core::wall_time> at) {
    queues_->checkups.clear(tunnel);
    const auto every = tunnel.settings().instance.preflight.every;
    if (!every || !tunnel.configured || once_ || draining_)
        return;
    if (at)
        return queues_->checkups.set(tunnel, *at);
    const auto now = world_.clock.now().wall;
    const auto id = tunnel.settings().id();
    const auto next = core::next_checkup(*every, id, now, salt_);
    if (tunnel.preflight)
        return queues_->checkups.set(tunnel, next);
    const auto first = now + std::max(first_after, core::jitter_of(id, started_at_, first_within, salt_));
    queues_->checkups.set(tunnel, std::min(next, first));
}

void supervisor::begin_checkup(supervised& tunnel) {
    const auto every = tunnel.settings().instance.preflight.every;
    if (!every || !tunnel.configured || draining_ || tunnel.waits_for_check)
        return;
    const auto now = world_.clock.now();
    const auto& last = tunnel.preflight;
    const auto since = now.steady - tunnel.preflight_ended;
    // A rotation's preflight serves as well, unless somebody has mended something since.
    const bool reloaded = reloaded_at_ && tunnel.preflight_ended <= *reloaded_at_;
    const bool fresh = last && !last->failure && since < *every / 2 && !reloaded;
    if (tunnel.check || !tunnel.state().is_idle() || tunnel.queued || fresh)
        return plan_checkup(tunnel);
    // What failed is not tried more often than that, whoever tries it: a login that is refused again and again
    // locks the account.
    const auto repeat = std::min(*every, tunnel.settings().retry.calm.max);
    if (tunnel.still_fails(reloaded_at_) && since < repeat)
        return plan_checkup(tunnel, now.wall + repeat - since);
    if (checking_ >= max_checking) {
        tunnel.check_ticket = ++tickets_;
        queues_->waiting_checkups.push(tunnel.line(), tunnel);
        tunnel.waits_for_check = true;
        return;
    }
    auto& desk = desk_of(tunnel.settings());
    if (const auto at = desk.gate.opens_at(core::urgency::calm, now); at > now.steady)
        return plan_checkup(tunnel, now.wall + (at - now.steady));
    desk.gate.enter(now);
    ++checking_;
    tunnel.check_in = configurations_;
    tunnel.check_of = tunnel.state().shared_settings();
    tunnel.check = std::make_unique<preflight_run>(
        world_, desk, tunnel.check_of, [this, &tunnel](std::optional<core::preflight_failure> failure) {
            checked(tunnel, std::move(failure));
        });
    tunnel.check->start();
}

void supervisor::checked(supervised& tunnel, std::optional<core::preflight_failure> failure) {
    const auto ended = std::move(tunnel.check);  // who calls this
    const auto looked_at = std::move(tunnel.check_of);
    --checking_;
    const auto now = world_.clock.now();
    if (!tunnel.configured) {
        // Nobody wants to know any more.
    } else if (*looked_at != tunnel.settings() || (failure && tunnel.check_in != configurations_)) {
        // What a reload has overtaken says nothing: what failed may be mended, also behind the same settings.
        plan_checkup(tunnel, now.wall);
    } else if (failure) {
        // Not more often: a preflight that fails to log in may lock the account.
        plan_checkup(tunnel, now.wall + std::min(*tunnel.settings().instance.preflight.every,
                                                 tunnel.settings().retry.calm.max));
        tunnel.log(
            {failure->is_credentials() ? core::log_level::error : core::log_level::warn,
             "preflight.failed",
             "a check in the background: " +
                 (failure->remedy.empty() ? failure->problem : failure->problem + ": " + failure->remedy),
             {{"check", std::string(to_string(failure->at))}}});
        if (failure->at == core::preflight_failure::check::api_key)
            look_at_organization(tunnel.settings().organization.id);
        tunnel.note_preflight(std::move(failure), now);
    } else {
        check_passed(tunnel);
    }
    look_if_rate_limited(tunnel);
    plan(tunnel);  // it may go ahead now
    look_at_health(tunnel);
    next_checkup();
    turn_ended();
}

/// What stood in the way of a rotation stands there no more.
void supervisor::check_passed(supervised& tunnel) {
    tunnel.note_preflight(std::nullopt, world_.clock.now());
    plan_checkup(tunnel);
    const auto& state = tunnel.state();
    const auto& trouble = state.trouble();
    // Of an earlier run's failure nobody knows any more whether a check could see it.
    if (!state.is_idle() || !(trouble ? core::is_of_preflight(*trouble) : state.record().failures > 0))
        return;
    tunnel.reset_backoff();
    write_end_of_wait(tunnel);
}

void supervisor::examined(const core::tunnel& settings, const core::examination& found) {
    look_at_certificates_of(settings);
    const auto known = by_id_.find(settings.id());
    if (known == by_id_.end() || !known->second->configured || known->second->settings() != settings ||
        !found.passed())
        return;  // what failed a person has just been told
    auto& tunnel = *known->second;
    check_passed(tunnel);
    plan(tunnel);
    look_at_health(tunnel);
    turn_ended();
}

/// A login that was refused, by a check in the background too, is not repeated before then, but for a person.
core::steady_time supervisor::may_log_in_at(const supervised& tunnel, core::moment now) const {
    if (!tunnel.still_fails(reloaded_at_) ||
        tunnel.preflight->failure->at != core::preflight_failure::check::credentials)
        return now.steady;
    return std::max(now.steady, tunnel.preflight_ended + tunnel.settings().retry.calm.max);
}

void supervisor::next_checkup() {
    const auto anybody = [](const supervised&) { return true; };
    while (checking_ < max_checking) {
        auto* next = queues_->waiting_checkups.take(anybody);
        if (!next)
            return;
        next->waits_for_check = false;
        begin_checkup(*next);
    }
}

}  // namespace tunnelkeyd::app
