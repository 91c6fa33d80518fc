#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>
#include <utility>

// Who begins, and who talks to the cloud next. When each may: supervisor_plan.cpp.
namespace tunnelkeyd::app {

namespace {

constexpr core::duration usual_preflight = std::chrono::seconds(2);

}  // namespace

void supervisor::want_preflight(rotator& who) {
    auto& tunnel = static_cast<supervised&>(who);
    const auto now = world_.clock.now();
    if (draining_ && !tunnel.state().gap_open())
        return;
    if (is_orphan(tunnel))
        return release(tunnel);
    if (const auto because = why_abandoned(tunnel, now.wall); !because.empty())
        return tunnel.abandon(because);
    if (const auto at = opens_at(tunnel, now); at > now.steady) {
        release(tunnel);
        end_preflighting(tunnel);
        return queues_->park(tunnel, supervised::wish::preflight, at);
    }
    desk_of(tunnel.settings()).gate.enter(now);
    if (tunnel.has_slot)
        queues_->park(tunnel, supervised::wish::dawdle, now.steady + usual_preflight);
    tunnel.run_preflight();
}

/// Its preflight takes long: somebody else may begin.
void supervisor::dawdle(supervised& tunnel) {
    if (tunnel.state().where() != core::rotation::phase::preflight || !tunnel.has_slot ||
        !queues_->dawdlers.has_one_for(tunnel.line()))
        return;
    end_preflighting(tunnel);
    tunnel.dawdles = true;
    queues_->dawdlers.take(tunnel.line());
}

void supervisor::want_permit(rotator& who) {
    auto& tunnel = static_cast<supervised&>(who);
    queues_->alarms.clear(tunnel);
    if (std::exchange(tunnel.awaits_permit, true))
        return;  // two permits would send two requests
    tunnel.ticket = ++tickets_;
    auto& queue = tunnel.state().gap_open() ? queues_->permits.urgent : queues_->permits.calm;
    queue.push(tunnel.line(), tunnel);
}

/// Lets go ahead whoever may. Called at the end of each turn of the loop that could have changed that.
void supervisor::pump() {
    if (std::exchange(pumping_, true))
        return;
    tokens_at_.reset();
    limited_.clear();
    give_permits();
    begin_rotations();
    note_limited();
    pumping_ = false;
}

void supervisor::give_permits() {
    auto now = world_.clock.now();
    for (; auto* next = next_for_permit(now); now = world_.clock.now()) {
        auto& tunnel = *next;
        tunnel.awaits_permit = false;
        const auto urgency = urgency_of(tunnel);
        if (draining_ && urgency != core::urgency::open_gap)
            continue;
        if (const auto because = why_abandoned(tunnel, now.wall); !because.empty()) {
            end_preflighting(tunnel);
            if (!is_orphan(tunnel))
                tunnel.abandon(because);
            continue;
        }
        if (const auto at = opens_at(tunnel, now); at > now.steady) {
            end_preflighting(tunnel);
            queues_->park(tunnel, supervised::wish::permit, at);
            continue;
        }
        if (urgency == core::urgency::calm && desk_of(tunnel.settings()).gate.outage()) {
            end_preflighting(tunnel);
            tunnel.wants = supervised::wish::permit;
            blocked_.insert(tunnel.key());
            continue;
        }
        if (tunnel.state().preflight_is_fresh(now))  // else it is repeated, and nothing is sent yet
            desk_of(tunnel.settings()).bucket.take(now.steady);
        in_flight_.push_back(&tunnel);
        tunnel.permit();
    }
}

/// Open gaps go ahead of calm work, but while their cloud does not answer not all permits are theirs: each of
/// their requests may take until it times out, and others would wait for them.
supervisor::supervised* supervisor::next_for_permit(core::moment now) {
    const auto most = config_->cloud.max_in_flight;
    if (in_flight_.size() >= most)
        return nullptr;
    const auto is_unanswered = [this](supervised* tunnel) { return desk_of(tunnel->settings()).gate.outage(); };
    auto& [urgent, calm] = queues_->permits;
    if (!urgent.empty()) {
        const auto theirs =
            static_cast<std::size_t>(std::count_if(in_flight_.begin(), in_flight_.end(), is_unanswered));
        if (auto* next = urgent.take([&](supervised& it) { return !is_unanswered(&it) && may_send(it, now); }))
            return next;
        if (theirs + 1 < most || in_flight_.empty())
            if (auto* next = urgent.take([&](supervised& it) { return may_send(it, now); }))
                return next;
    }
    return calm.take([&](supervised& it) { return may_send(it, now); });
}

void supervisor::begin_rotations() {
    for (;;) {
        const auto now = world_.clock.now();
        auto* next = queues_->may_begin.take(
            [&](supervised& it) { return queues_->preflights.has_one_for(it.line()) && may_prepare(it, now); });
        if (!next)
            return;
        auto& tunnel = *next;
        tunnel.queued = false;
        const auto why = reason_to_begin(tunnel, next_due(tunnel), now);
        const bool blocked = !tunnel.requested && desk_of(tunnel.settings()).gate.outage();
        if (draining_ || !why || blocked || opens_at(tunnel, now) > now.steady) {
            plan(tunnel);
            continue;
        }
        had_its_turn(tunnel);
        tunnel.last_turn = ++turns_;
        tunnel.has_slot = true;
        queues_->preflights.take(tunnel.line());
        working_.insert(tunnel.key());
        tunnel.begin(*why);
    }
}

/// It does not stand in the queue of those that may begin any more.
void supervisor::unqueue(supervised& tunnel) {
    if (std::exchange(tunnel.queued, false))
        queues_->may_begin.erase(tunnel.line(), tunnel);
}

/// Takes back what the tunnel's present phase does not need.
void supervisor::release(supervised& tunnel) {
    using phase = core::rotation::phase;
    const auto where = tunnel.state().where();
    if (where != phase::intent && where != phase::regenerating)
        std::erase(in_flight_, &tunnel);
    if (where != phase::preflight && where != phase::permit)
        end_preflighting(tunnel);
}

void supervisor::end_preflighting(supervised& tunnel) {
    if (std::exchange(tunnel.has_slot, false))
        queues_->preflights.give_back(tunnel.line());
    if (std::exchange(tunnel.dawdles, false))
        queues_->dawdlers.give_back(tunnel.line());
}

void supervisor::preflighted(rotator& who, const std::optional<core::preflight_failure>& failure) {
    auto& tunnel = static_cast<supervised&>(who);
    tunnel.note_preflight(failure, world_.clock.now());
    if (failure)
        tunnel.api_key_failed = failure->at == core::preflight_failure::check::api_key;
    if (failure && tunnel.api_key_failed)
        look_at_organization(tunnel.settings().organization.id);
    look_if_rate_limited(tunnel);
}

void supervisor::rotation_ended(rotator& who, const core::history_entry& entry) {
    ++static_cast<supervised&>(who).ended.at(static_cast<std::size_t>(entry.how));
}

void supervisor::regenerate_answered(rotator& who, const core::regenerate_verdict& verdict) {
    auto& tunnel = static_cast<supervised&>(who);
    auto& desk = desk_of(tunnel.settings());
    const bool outage = desk.gate.outage();
    tunnel.api_key_failed = verdict.status == 401;
    desk.regenerate_answered(tunnel.settings(), verdict);
    if (tunnel.api_key_failed)
        look_at_organization(tunnel.settings().organization.id);
    look_if_rate_limited(tunnel);
    if (is_orphan(tunnel))
        forget_outage(tunnel);
    if (outage && !desk.gate.outage())
        outage_over(tunnel.settings().organization.id);
}

void supervisor::outage_over(const std::string& organization_id) {
    for (const auto& [number, tunnel] : std::exchange(blocked_, {})) {
        if (tunnel->settings().organization.id != organization_id)
            blocked_.insert(tunnel->key());
        else if (std::exchange(tunnel->wants, supervised::wish::nothing) == supervised::wish::permit)
            want_permit(*tunnel);
        else
            plan(*tunnel);
    }
}

/// Whoever waited for the API key to be good again need not wait any longer.
void supervisor::reopened(const std::string& organization_id) {
    look_at_organization(organization_id);
    const auto now = world_.clock.now();
    for (const auto& tunnel : tunnels_) {
        if (tunnel->settings().organization.id != organization_id)
            continue;
        if (tunnel->state().is_idle()) {
            if (std::exchange(tunnel->api_key_failed, false)) {
                tunnel->reset_backoff();
                write_end_of_wait(*tunnel);
                look_at_health(*tunnel);
            }
            plan(*tunnel);
        } else if (tunnel->wants == supervised::wish::preflight || tunnel->wants == supervised::wish::permit) {
            queues_->park(*tunnel, tunnel->wants, now.steady);
        } else if (tunnel->wants == supervised::wish::wake && std::exchange(tunnel->api_key_failed, false)) {
            queues_->park(*tunnel, supervised::wish::wake, now.steady);
        }
    }
    turn_ended();
}

}  // namespace tunnelkeyd::app
