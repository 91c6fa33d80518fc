#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>
#include <utility>

// Keys that may still arrive at an instance that is another tunnel's now.
namespace tunnelkeyd::app {

namespace {

constexpr core::duration between_rewrites = std::chrono::minutes(1);

}  // namespace

/// The configuration may have changed since the last run: what that sent, and nobody answered, may arrive at an
/// instance that is another tunnel's now.
void supervisor::look_for_arrivals() {
    const auto may_arrive = find_installs_under_way();
    if (may_arrive.empty() && strays_.empty())
        return;
    for (auto* tunnel : configured_)
        disturb(*tunnel, may_arrive);
}

/// By instance URL: whose key may still arrive there, and until when.
supervisor::arrivals supervisor::find_installs_under_way() const {
    arrivals all;
    const auto now = world_.clock.now();
    for (const auto& tunnel : tunnels_) {
        const auto& record = tunnel->state().record();
        const auto& instance = tunnel->settings().instance;
        const auto settle = tunnel->settings().retry.settle;
        const auto add = [&](const std::string& url, core::steady_time until) {
            all.emplace(url, std::pair(tunnel.get(), until));
        };
        for (const auto& sent : record.strays)
            if (now.wall - sent.at < settle)
                add(sent.instance_url, now.steady);
        if (tunnel->state().where() == core::rotation::phase::installing)
            add(instance.url.text(), now.steady + instance.timeout.connect + instance.timeout.request);
        // An orphan's key may have been under way when the last run ended.
        if (!tunnel->taken_up && record.key && now.wall - started_at_ < settle)
            add(record.open->instance_url, now.steady);
    }
    return all;
}

/// Its instance was another tunnel's: what was sent there then, and never answered, would replace this one's
/// key.
void supervisor::disturb(supervised& tunnel, const arrivals& may_arrive) {
    const auto now = world_.clock.now();
    const auto url = tunnel.settings().instance.url.text();
    std::optional<core::steady_time> until;
    const auto [first, last] = may_arrive.equal_range(url);
    for (auto each = first; each != last; ++each)
        if (each->second.first != &tunnel)
            until = std::max(until, std::optional(each->second.second));
    for (const auto& sent : strays_)
        if (sent.instance_url == url && now.wall - sent.at < tunnel.settings().retry.settle)
            until = std::max(until, std::optional(now.steady));
    if (!until)
        return;
    tunnel.disturb(*until);
    write_down(tunnel);
}

/// What a reload or a person changed in its record. Not while an older state of it is being written: that comes
/// first.
void supervisor::write_down(supervised& tunnel) {
    using phase = core::rotation::phase;
    const auto where = tunnel.state().where();
    tunnel.unwritten = where == phase::intent || where == phase::sealing || where == phase::recording ||
                       where == phase::closing;
    if (tunnel.unwritten)
        return;
    auto written = [this, &tunnel, heard = std::exchange(tunnel.hear_of_write, {})](const std::string& error) {
        for (const auto& each : heard)
            each(error);
        if (error.empty())
            return;
        if (!queues_->rewrites.next())  // of many that fail together the first tells
            log(core::log_level::error, "store.failed",
                "what was changed could not be written: " + error + "; it is tried again in a minute");
        queues_->rewrites.set(tunnel, world_.clock.now().steady + between_rewrites);
        turn_ended();
    };
    world_.journal.save(tunnel.state().record(), std::nullopt, std::move(written));
}

/// Idle: what it waited for is gone. On disk too, else the next start would wait again.
void supervisor::write_end_of_wait(supervised& tunnel) {
    if (tunnel.take_forgotten_backoff())
        write_down(tunnel);
}

}  // namespace tunnelkeyd::app
