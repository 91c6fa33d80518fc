#include "app/supervised.hpp"
#include "app/supervisor.hpp"
#include "core/health_rate_limit.hpp"
#include "core/shown_record.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

// The verdict on each tunnel: logged when it changes, and shown at the endpoints.
namespace tunnelkeyd::app {

namespace {

core::health worst_of(const std::vector<std::pair<std::string_view, core::health>>& reported) {
    core::health worst = core::health::ok;
    for (const auto& [code, severity] : reported)
        worst = std::max(worst, severity);
    return worst;
}

}  // namespace

core::problem supervisor::problem_of_unreadable(const core::tunnel_record& record) const {
    const std::optional<core::trouble> none;
    const core::tunnel_facts facts{nullptr,      record, false,   unreadable_because,
                                   std::nullopt, none,   nullptr, std::nullopt};
    return core::problems_of(facts, config_->health, world_.clock.now().wall).front();
}

core::tunnel_facts supervisor::facts_of(const supervised& tunnel) const {
    const auto& state = tunnel.state();
    const auto& report = tunnel.preflight;
    return {&tunnel.settings(),
            state.record(),
            state.where() == core::rotation::phase::held && !is_orphan(tunnel),
            is_orphan(tunnel) ? std::string_view(tunnel.orphaned_because) : std::string_view(),
            tunnel.overdue_since,
            state.trouble(),
            report && report->failure ? &*report->failure : nullptr,
            report ? std::optional(report->at) : std::nullopt,
            certificate_of(tunnel)};
}

/// Logs what is new, and what is over; and looks again when time alone changes the verdict.
void supervisor::look_at_health(supervised& tunnel) {
    if (once_)
        return;
    const auto now = world_.clock.now().wall;
    const auto facts = facts_of(tunnel);
    const auto problems =
        is_gone(tunnel) ? std::vector<core::problem>() : core::problems_of(facts, config_->health, now);
    const auto before = worst_of(tunnel.reported);
    if (!problems.empty() || !tunnel.reported.empty()) {
        report(tunnel.settings().name, problems, tunnel.reported);
        const auto after = worst_of(tunnel.reported);
        degraded_ += (after == core::health::degraded) - (before == core::health::degraded);
        failing_ += (after == core::health::failing) - (before == core::health::failing);
    }
    const auto next = is_gone(tunnel) ? std::nullopt : core::next_change(facts, config_->health, now);
    if (next == tunnel.look_again)
        return;
    if (next)
        queues_->health.set(tunnel, *next);
    else
        queues_->health.clear(tunnel);
}

void supervisor::look_at_organizations() {
    if (once_)
        return;
    const auto now = world_.clock.now().wall;
    look_at_organizations_again_.reset();
    std::set<std::string> configured;
    for (const auto& organization : config_->organizations) {
        configured.insert(organization.id);
        look_at(organization);
        if (const auto next = core::next_change(organization, now))
            look_at_organizations_again_ = std::min(look_at_organizations_again_.value_or(*next), *next);
    }
    report("", core::problems_of(config_->cloud, certificate_for_cloud(), now), cloud_reported_);
    if (const auto next = core::next_change(certificate_for_cloud(), now))
        look_at_organizations_again_ = std::min(look_at_organizations_again_.value_or(*next), *next);
    std::erase_if(organizations_reported_, [&](const auto& each) { return !configured.contains(each.first); });
}

/// The cloud has said something of its API key.
void supervisor::look_at_organization(const std::string& id) {
    const auto& all = config_->organizations;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
    if (found != all.end())
        look_at(*found);
}

void supervisor::look_at(const core::organization& organization) {
    if (once_)
        return;
    const auto now = world_.clock.now();
    const auto problems = problems_of(organization, now);
    auto& reported = organizations_reported_[organization.id];
    if (!problems.empty() || !reported.empty())
        report("", problems, reported, organization.name);
    const auto desk = desks_.find(organization.id);
    const auto pause = desk == desks_.end() ? std::nullopt : desk->second.gate.rate_limit(now);
    if (const auto over = pause ? std::optional(now.wall + (pause->until - now.steady)) : std::nullopt)
        look_at_organizations_again_ = std::min(look_at_organizations_again_.value_or(*over), *over);
}

/// Something of this tunnel was answered, with 429 perhaps.
void supervisor::look_if_rate_limited(const supervised& tunnel) {
    const auto& id = tunnel.settings().organization.id;
    const auto desk = desks_.find(id);
    if (desk != desks_.end() && desk->second.gate.rate_limit(world_.clock.now()))
        look_at_organization(id);
}

std::vector<core::problem> supervisor::problems_of(const core::organization& organization,
                                                   core::moment now) const {
    const auto desk = desks_.find(organization.id);
    if (desk == desks_.end())
        return core::problems_of(organization, false, now.wall);
    const auto& gate = desk->second.gate;
    auto found = core::problems_of(organization, gate.is_api_key_refused(), now.wall);
    for (auto& each : found)
        if (each.code == "api_key_refused")
            each.since = now.wall + (gate.api_key_refused_since() - now.steady);
    if (auto pause = core::rate_limited(gate, now))
        found.push_back(std::move(*pause));
    return found;
}

/// It has left the configuration, and is done with.
bool supervisor::is_gone(const supervised& tunnel) const {
    return !tunnel.state().gap_open() && tunnel.state().is_idle() && is_forgotten(tunnel);
}

void supervisor::report(std::string_view tunnel, const std::vector<core::problem>& problems,
                        std::vector<std::pair<std::string_view, core::health>>& reported,
                        const std::string& organization) const {
    const auto write = [&](core::log_level level, std::string_view name, std::string message,
                           std::string_view code) {
        core::notice event{level, name, std::move(message), {{"code", std::string(code)}}};
        if (!organization.empty())
            event.fields.emplace_back("organization", organization);
        world_.log.write(tunnel, event);
    };
    const auto before = std::exchange(reported, {});
    for (const auto& each : problems) {
        const auto known = std::pair(each.code, each.severity);
        reported.push_back(known);
        if (std::find(before.begin(), before.end(), known) != before.end())
            continue;
        const bool failing = each.severity == core::health::failing;
        write(failing ? core::log_level::error : core::log_level::warn,
              failing ? "health.failing" : "health.degraded", each.message + ": " + each.remedy, each.code);
    }
    for (const auto& [code, severity] : before) {
        const bool still = std::any_of(reported.begin(), reported.end(),
                                       [&, wanted = code](const auto& each) { return each.first == wanted; });
        if (!still)
            write(core::log_level::info, "health.recovered", "no longer: " + std::string(code), code);
    }
}

core::tunnel_overview supervisor::describe(const supervised& tunnel,
                                           std::vector<core::problem> problems) const {
    const auto& state = tunnel.state();
    const auto& record = state.record();
    auto seen = core::overview_of(record);
    seen.settings = state.shared_settings();
    seen.name = tunnel.settings().name;
    seen.configured = tunnel.configured;
    seen.state = is_orphan(tunnel)                     ? "orphaned"
                 : state.is_idle() && record.paused_at ? "paused"
                                                       : core::to_string(state.where());
    if (tunnel.configured && !record.paused_at) {
        const auto now = world_.clock.now().wall;
        seen.next = next_due(tunnel);
        if (const auto at = may_begin_at(tunnel, *seen.next, now); at > now)
            seen.next->at = at;
    }
    if (const auto why = state.why())
        seen.rotation =
            core::rotation_overview{*why, *state.began_at(), record.open ? record.open->regenerates : 0,
                                    record.open ? record.open->installs : 0};
    seen.preflight = tunnel.preflight;
    if (const auto* held = certificate_of(tunnel))
        seen.client_certificate = {tunnel.settings().instance.tls.client_certificate, held->not_after};
    seen.ended = tunnel.ended;
    seen.problems = std::move(problems);
    return seen;
}

void supervisor::describe(core::overview& into, const core::extent& extent) const {
    using kind = core::extent::kind;
    const auto now = into.at;
    if (const auto* held = certificate_for_cloud()) {
        into.cloud_client_certificate = {config_->cloud.tls.client_certificate, held->not_after};
        std::ranges::move(core::problems_of(config_->cloud, held, now), std::back_inserter(into.problems));
    }
    if (extent.what == kind::daemon)
        return;
    if (extent.what != kind::tunnel)
        for (const auto& each : config_->organizations)
            into.organizations.push_back({each.name, each.api_key_expires,
                                          problems_of(each, {now, world_.clock.now().steady}),
                                          limited_in(each)});
    const auto wanted = [&](const std::string& name) {
        return extent.what != kind::tunnel || name == extent.tunnel;
    };
    const auto add = [&](const supervised& tunnel) {
        auto problems = core::problems_of(facts_of(tunnel), config_->health, now);
        if (extent.what == kind::problems && problems.empty())
            ++into.well;
        else
            into.tunnels.push_back(describe(tunnel, std::move(problems)));
    };
    if (extent.what == kind::everything)
        into.tunnels.reserve(config_->tunnels.size());
    for (const auto* tunnel : configured_)
        if (wanted(tunnel->settings().name))
            add(*tunnel);
    for (const auto& tunnel : tunnels_)
        if (!tunnel->configured && wanted(tunnel->settings().name) && !is_gone(*tunnel))
            add(*tunnel);
    for (const auto& [id, record] : unreadable_) {
        if (!wanted(record.name))
            continue;
        core::tunnel_overview orphan;
        orphan.name = record.name;
        orphan.id = id;
        orphan.configured = false;
        orphan.state = "orphaned";
        orphan.gap_opened_at = record.open->gap_opened_at;
        orphan.key_pending = record.key.has_value();
        orphan.problems.push_back(problem_of_unreadable(record));
        into.tunnels.push_back(std::move(orphan));
    }
}

summary supervisor::summarize() const {
    summary sum{config_->tunnels.size(), working_.size(), degraded_, failing_ + unreadable_.size(), "", {}};
    if (const auto* next = queues_->schedule.first()) {
        sum.next = next->settings().name;
        sum.next_at = *next->due;
    }
    return sum;
}

}  // namespace tunnelkeyd::app
