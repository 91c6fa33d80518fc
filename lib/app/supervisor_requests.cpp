#include "app/supervised.hpp"
#include "app/supervisor.hpp"
#include "core/refusals.hpp"

#include <algorithm>
#include <utility>

// What a person asks for: a rotation now, a pause. An open key gap: supervisor_by_hand.cpp.
namespace tunnelkeyd::app {

namespace {

using phase = core::rotation::phase;

core::refusal unknown(const std::string& name) {
    return core::unknown_tunnel(name, "`tunnelkeyd status` lists the tunnels that there are");
}

}  // namespace

/// Of this name or hostname: the configured one, or else the one that is still being finished.
core::result_of<supervisor::supervised*> supervisor::configured_or_open(const std::string& name) const {
    if (draining_)
        return core::ending();
    std::vector<supervised*> found;
    for (const auto& tunnel : tunnels_)
        if ((tunnel->settings().name == name || tunnel->settings().hostname == name) && !is_gone(*tunnel))
            found.push_back(tunnel.get());
    const auto left = std::stable_partition(found.begin(), found.end(),
                                            [](const supervised* tunnel) { return tunnel->configured; });
    if (left != found.begin())
        found.erase(left, found.end());
    if (found.empty())
        return unknown(name);
    if (found.size() > 1)
        return core::ambiguous_tunnel(name, "tunnelkeyd status --json");
    return found.front();
}

core::result_of<std::shared_ptr<const core::tunnel>> supervisor::settings_of(const std::string& name) const {
    const auto found = configured_or_open(name);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return *refused;
    return std::get<supervised*>(found)->state().shared_settings();
}

core::result_of<core::rotate_report> supervisor::rotate(const std::string& name, const std::string& by) {
    const auto found = configured_or_open(name);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return *refused;
    auto& tunnel = *std::get<supervised*>(found);
    if (is_orphan(tunnel))
        return core::refusal{"orphaned",
                             "tunnel \"" + name + "\" is orphaned: " + tunnel.orphaned_because,
                             "put it back into the configuration in that tunnel's place, or finish it by hand: "
                             "`tunnelkeyd pending`",
                             {}};
    if (!tunnel.configured && !tunnel.state().gap_open())
        return unknown(name);

    const auto where = tunnel.state().where();
    const bool gap_open = tunnel.state().gap_open();
    const bool over = !gap_open && (where == phase::recording || where == phase::closing);
    const bool joined = !tunnel.state().is_idle() && !over;
    tunnel.log({core::log_level::info,
                "rotation.requested",
                "a person asks for a rotation" + std::string(joined ? ", which is under way already" : ""),
                {{"by", by}}});
    if (over) {
        tunnel.requested_next = true;
    } else if (gap_open) {
        tunnel.request();
    } else {
        unqueue(tunnel);  // its place is another now
        tunnel.requested = true;
        if (joined)
            hurry(tunnel);
        else
            plan(tunnel);
    }
    turn_ended();
    return core::rotate_report{tunnel.settings().name, joined};
}

/// What its schedule has to wait for, a person's request need not.
void supervisor::hurry(supervised& tunnel) {
    blocked_.erase(tunnel.key());
    using wish = supervised::wish;
    if (tunnel.wants == wish::preflight || tunnel.wants == wish::permit)
        queues_->park(tunnel, tunnel.wants, world_.clock.now().steady);
}

void supervisor::pause(const std::string& name, bool pause, const std::string& by,
                       answer<core::pause_report> done) {
    const auto found = configured_or_open(name);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return done(*refused);
    auto& tunnel = *std::get<supervised*>(found);
    if (!tunnel.configured)
        return done(unknown(name));
    const auto& record = tunnel.state().record();
    core::pause_report report{tunnel.settings().name, record.paused_at, record.paused_at.has_value() != pause,
                              record.open.has_value()};
    if (!report.changed)
        return done(report);

    if (pause)
        report.paused_at = world_.clock.now().wall;
    else
        report.paused_at.reset();
    tunnel.set_paused(report.paused_at);
    tunnel.log({core::log_level::warn,
                pause ? "tunnel.paused" : "tunnel.resumed",
                pause ? "a person pauses it: no rotation begins but one that is asked for"
                      : "a person lets it go on: it rotates by its schedule",
                {{"by", by}}});
    tunnel.hear_of_write.push_back([report, done = std::move(done)](const std::string& error) {
        if (error.empty())
            return done(report);
        done(core::refusal{"store_failing",
                           "it is so for as long as the daemon runs, but that could not be written: " + error +
                               "; it is tried again in a minute",
                           "see that state.directory can be written and has room",
                           {}});
    });
    write_down(tunnel);
    keep_from_beginning(tunnel);
    plan(tunnel);
    look_at_health(tunnel);
    turn_ended();
}

/// Has begun, waits, and nothing of it is under way.
bool supervisor::waits_to_send(const supervised& tunnel) {
    const auto where = tunnel.state().where();
    return where == phase::permit || (where == phase::preflight && !tunnel.is_preflighting());
}

void supervisor::stop_waiting(supervised& tunnel) {
    queues_->unpark(tunnel);
    for (auto* queue : {&queues_->permits.urgent, &queues_->permits.calm})
        queue->erase(tunnel.line(), tunnel);
    tunnel.awaits_permit = false;
    blocked_.erase(tunnel.key());
}

void supervisor::keep_from_beginning(supervised& tunnel) {
    if (!waits_to_send(tunnel))
        return;
    if (const auto because = why_abandoned(tunnel, world_.clock.now().wall); !because.empty()) {
        stop_waiting(tunnel);
        tunnel.abandon(because);
    }
}

}  // namespace tunnelkeyd::app
