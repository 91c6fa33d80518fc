#include "app/supervised.hpp"
#include "app/supervisor.hpp"
#include "core/shown_record.hpp"

#include <utility>

// Tunnels that left the configuration with something left to do: finished, or orphaned.
namespace tunnelkeyd::app {

void supervisor::add_leftover(ports::leftover left) {
    if (!left.settings) {
        log_orphan(left.record.name, unreadable_because);
        unreadable_.emplace(left.record.id, std::move(left.record));
        return;
    }
    auto& tunnel = add(std::move(left.record), std::move(left.settings));
    tunnel.configured = false;
    adopt_or_orphan(tunnel);
}

/// A tunnel that has left the configuration with its key gap open: is it finished, or would its key go to the
/// instance of another tunnel now? See decisions.md, 20.
void supervisor::adopt_or_orphan(supervised& tunnel) {
    const auto owner = owner_of(tunnel.settings().instance.url, tunnel.settings().id());
    if (!owner) {
        tunnel.orphaned_because.clear();
        return;
    }
    auto because = core::orphaned_by(*owner);
    if (because != std::exchange(tunnel.orphaned_because, because))
        log_orphan(tunnel.settings().name, because);
    forget_outage(tunnel);
}

bool supervisor::is_orphan(const supervised& tunnel) {
    return tunnel.state().gap_open() && !tunnel.orphaned_because.empty();
}

/// Nobody resolves what an orphan left unknown: it would stop its organization's other tunnels for good.
void supervisor::forget_outage(const supervised& tunnel) {
    if (desk_of(tunnel.settings()).gate.forget(tunnel.settings().id()))
        outage_over(tunnel.settings().organization.id);
}

/// What it left unknown, it will now resolve.
void supervisor::note_outage(const supervised& tunnel) {
    // A key that came later ended what was unknown before it.
    const auto& record = tunnel.state().record();
    if (record.open && record.open->unknown && !record.key)
        desk_of(tunnel.settings()).gate.regenerate_ended(tunnel.settings().id(), true);
}

void supervisor::log_orphan(const std::string& name, std::string_view because) const {
    world_.log.write(name, {core::log_level::error,
                            "tunnel.orphaned",
                            "the configuration has no such tunnel any more, its key gap is open, and " +
                                std::string(because) + ". To finish it, put it back, in that tunnel's place",
                            {}});
}

/// Whose settings did not change, but what they depend on may have: keys that a guard holds, and tunnels that
/// have left the configuration.
void supervisor::look_at_bystanders() {
    std::vector<supervised*> concerned;
    for (const auto& tunnel : tunnels_) {
        if (tunnel->state().gap_open() && tunnel->changed != configurations_ &&
            (!tunnel->configured || tunnel->state().record().key))
            concerned.push_back(tunnel.get());
        if (!tunnel->configured && tunnel->state().is_idle() && tunnel->state().record().confirmation_owed) {
            plan(*tunnel);  // it may be made now, or may be no longer
            look_at_health(*tunnel);
        }
    }
    for (auto* tunnel : concerned) {
        const bool was_orphan = is_orphan(*tunnel);
        if (!tunnel->configured)
            adopt_or_orphan(*tunnel);
        const bool adopted = was_orphan && tunnel->orphaned_because.empty();
        if (!tunnel->taken_up) {
            take_up(*tunnel);
            if (tunnel->taken_up)
                set_out(*tunnel);
            continue;
        }
        tunnel->check_guards_again();
        if (adopted)
            go_on(*tunnel);
    }
}

/// It was an orphan, and is none any more: whatever it wanted meanwhile was not heard.
void supervisor::go_on(supervised& tunnel) {
    note_outage(tunnel);
    if (tunnel.state().where() == core::rotation::phase::preflight && !tunnel.is_preflighting())
        want_preflight(tunnel);
    else if (tunnel.state().where() == core::rotation::phase::permit)
        want_permit(tunnel);
}

}  // namespace tunnelkeyd::app
