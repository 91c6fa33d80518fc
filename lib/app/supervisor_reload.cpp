#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>
#include <utility>

// Another configuration: what it changes, and what becomes of whoever is at work. Keys that are on their way
// meanwhile: supervisor_arrivals.cpp.
namespace tunnelkeyd::app {

namespace {

/// Do the new settings change what is sent, or where, or when it is tried again? A new name or schedule does
/// not.
bool is_own_change(const core::tunnel& before, const core::tunnel& after) {
    return before.organization != after.organization || before.instance != after.instance ||
           before.retry != after.retry;
}

bool differ_in_name_only(const core::tunnel& before, const core::tunnel& after) {
    return before.name != after.name && before.hostname == after.hostname &&
           before.schedule == after.schedule && !is_own_change(before, after);
}

}  // namespace

/// Other settings, or back in the configuration.
struct supervisor::change {
    supervised* tunnel;
    const core::tunnel* settings;  ///< what they are now
    bool own;
    bool renamed;
    bool moved;  ///< its instance was not its own before
};

struct supervisor::differences {
    core::config_changes count;
    std::vector<supervised*> added;
    std::vector<change> changed;
    std::vector<supervised*> removed;
};

core::config_changes supervisor::apply(std::shared_ptr<const core::config> config,
                                       std::vector<core::tunnel_record> records) {
    if (draining_)
        return {};
    reloading_ = true;
    const bool other_limits = config_->health != config->health;
    config_ = std::move(config);
    cloud_ = config_->cloud;
    for (auto& [id, desk] : desks_)
        desk.limit(cloud_.requests_per_minute);
    ++configurations_;
    reloaded_at_ = world_.clock.now().steady;
    const auto may_arrive = find_installs_under_way();
    auto differ = compare(std::move(records));

    // First who owns which instance, since that decides what becomes of everybody.
    const auto disown = [&](supervised& tunnel) {
        const auto found = by_instance_.find(tunnel.settings().instance.url.text());
        if (found != by_instance_.end() && found->second == &tunnel)
            by_instance_.erase(found);
    };
    for (auto* tunnel : differ.removed)
        disown(*tunnel);
    for (const auto& each : differ.changed)
        disown(*each.tunnel);
    for (auto* tunnel : differ.added)
        by_instance_.emplace(tunnel->settings().instance.url.text(), tunnel);
    for (const auto& each : differ.changed) {
        each.tunnel->move_settings(std::shared_ptr<const core::tunnel>(config_, each.settings));
        by_instance_.emplace(each.settings->instance.url.text(), each.tunnel);
    }

    const auto renewed = watch_certificates();
    for (const auto& each : differ.changed)
        changed(each);
    for (auto* tunnel : differ.removed)
        leave(*tunnel);
    for (auto* tunnel : differ.added) {
        take_up(*tunnel);
        set_out(*tunnel);
        plan_checkup(*tunnel, world_.clock.now().wall);
    }
    for (const auto& each : differ.changed)
        if (each.moved)
            disturb(*each.tunnel, may_arrive);
    for (auto* tunnel : differ.added)
        disturb(*tunnel, may_arrive);
    look_at_bystanders();
    stop_waiting_for_people();
    if (other_limits)
        for (const auto& tunnel : tunnels_)
            look_at_health(*tunnel);
    look_at_users_of(renewed);
    look_at_organizations();
    reloading_ = false;
    turn_ended();
    return differ.count;
}

supervisor::differences supervisor::compare(std::vector<core::tunnel_record> records) {
    std::unordered_map<core::identity, core::tunnel_record, core::identity_hash> on_disk;
    for (auto& record : records)
        on_disk.emplace(record.id, std::move(record));

    differences found;
    configured_.clear();
    for (const auto& settings : config_->tunnels) {
        const auto id = settings.id();
        const auto known = by_id_.find(id);
        if (known == by_id_.end()) {
            auto left = unreadable_.extract(id);
            auto record = on_disk.extract(id);
            auto& added = add_configured(settings, left     ? std::optional(std::move(left.mapped()))
                                                   : record ? std::optional(std::move(record.mapped()))
                                                            : std::nullopt);
            found.added.push_back(&added);
            continue;
        }
        auto& tunnel = *known->second;
        tunnel.seen = configurations_;
        configured_.push_back(&tunnel);
        const auto& before = tunnel.settings();
        const change now{&tunnel, &settings, is_own_change(before, settings), before.name != settings.name,
                         !tunnel.configured || before.instance.url != settings.instance.url};
        if (!tunnel.configured) {
            ++found.count.added;
            found.changed.push_back(now);
        } else if (tunnel.settings() == settings) {
            ++found.count.unchanged;
            tunnel.move_settings(std::shared_ptr<const core::tunnel>(config_, &settings));
        } else {
            ++(differ_in_name_only(tunnel.settings(), settings) ? found.count.renamed : found.count.changed);
            found.changed.push_back(now);
        }
    }
    for (const auto& tunnel : tunnels_)
        if (tunnel->configured && tunnel->seen != configurations_)
            found.removed.push_back(tunnel.get());
    found.count.added += static_cast<unsigned>(found.added.size());
    found.count.removed = static_cast<unsigned>(found.removed.size());
    return found;
}

void supervisor::changed(const change& what) {
    auto& tunnel = *what.tunnel;
    const bool was_orphan = is_orphan(tunnel);
    tunnel.configured = true;
    tunnel.changed = configurations_;
    tunnel.orphaned_because.clear();
    if (what.own)
        tunnel.preflight.reset();
    if (!tunnel.taken_up) {
        take_up(tunnel);
        return set_out(tunnel);
    }
    tunnel.reconfigure(tunnel.state().shared_settings(), what.own || was_orphan);
    if (was_orphan)
        go_on(tunnel);
    if (what.renamed || tunnel.state().gap_open())  // the snapshot of an open gap's settings, too
        write_down(tunnel);
    if (what.own)
        plan_checkup(tunnel, world_.clock.now().wall);
    else if (!tunnel.checkup && !tunnel.check && !tunnel.waits_for_check)
        plan_checkup(tunnel);
}

/// Out of the configuration. If its key gap is open, look_at_bystanders() says what becomes of it.
void supervisor::leave(supervised& tunnel) {
    tunnel.configured = false;
    // A copy: it is kept for as long as the process lives, and would keep a whole configuration with it.
    tunnel.move_settings(std::make_shared<const core::tunnel>(tunnel.settings()));
    unqueue(tunnel);
    tunnel.requested = false;
    tunnel.overdue_since.reset();
    queues_->checkups.clear(tunnel);
    if (tunnel.state().is_idle()) {
        plan(tunnel);
    } else if (waits_to_send(tunnel) && !tunnel.state().gap_open() && is_forgotten(tunnel)) {
        stop_waiting(tunnel);
        tunnel.abandon(left_configuration);
    }
    look_at_health(tunnel);
}

/// It has just failed, with what was asked before the last reload: that is tried once more, at once.
bool supervisor::is_refused_for_what_was(supervised& tunnel) {
    const auto& state = tunnel.state();
    if (!tunnel.overtaken || (!state.is_idle() && state.where() != core::rotation::phase::waiting))
        return false;
    tunnel.overtaken = false;
    if (!waits_for_person(tunnel))
        return false;
    tunnel.preflight.reset();  // it was of what was, too
    return true;
}

bool supervisor::waits_for_person(const supervised& tunnel) {
    const auto& trouble = tunnel.state().trouble();
    return trouble && core::waits_for_person(*trouble);
}

/// Perhaps it is mended. A rotation that is due sees that at once; of one that is not nobody would know before
/// the next check in the background, so that comes at once.
void supervisor::try_again(supervised& tunnel) {
    tunnel.reconfigure(tunnel.state().shared_settings(), true);
    if (tunnel.state().is_idle() && !tunnel.queued)
        plan_checkup(tunnel, world_.clock.now().wall);
    turn_ended();
}

/// Whoever reloads has mended something, perhaps in a file that the configuration only points to.
void supervisor::stop_waiting_for_people() {
    for (const auto& tunnel : tunnels_) {
        const auto& state = tunnel->state();
        tunnel->overtaken = tunnel->is_preflighting() || state.where() == core::rotation::phase::regenerating ||
                            state.where() == core::rotation::phase::installing;
        const bool earlier_run = !state.trouble() && state.record().failures > 0;
        const auto& report = tunnel->preflight;
        if (!is_forgotten(*tunnel) && (waits_for_person(*tunnel) || earlier_run))
            try_again(*tunnel);
        else if (tunnel->configured && report && report->failure &&
                 core::waits_for_person(core::trouble_of(*report->failure)))
            plan_checkup(*tunnel, world_.clock.now().wall);
    }
    // Only now: who waited for an API key must have been seen to wait.
    for (const auto& organization : config_->organizations)
        if (const auto desk = desks_.find(organization.id); desk != desks_.end())
            desk->second.reconsider();
}

}  // namespace tunnelkeyd::app
