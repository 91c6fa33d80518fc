#include "app/supervisor.hpp"

#include "app/supervised.hpp"
#include "core/count_text.hpp"
#include "core/first_record.hpp"

#include <algorithm>
#include <utility>

// Taking up what the last run left, and time. Who begins: supervisor_plan.cpp; who is next:
// supervisor_turns.cpp; ending: supervisor_end.cpp.
namespace tunnelkeyd::app {

supervisor::supervisor(const outside& world, std::shared_ptr<const core::config> config,
                       ports::journal_contents journal)
    : world_(world),
      config_(std::move(config)),
      cloud_(config_->cloud),
      salt_(journal.salt),
      started_at_(world.clock.now().wall),
      strays_(std::move(journal.strays)),
      queues_(std::make_unique<queues>()),
      certificates_(world_.certificates) {
    std::unordered_map<core::identity, core::tunnel_record, core::identity_hash> known;
    for (auto& record : journal.records)
        known.emplace(record.id, std::move(record));

    tunnels_.reserve(config_->tunnels.size());
    by_id_.reserve(config_->tunnels.size());
    configured_.reserve(config_->tunnels.size());
    by_instance_.reserve(config_->tunnels.size());
    for (const auto& tunnel : config_->tunnels) {
        auto found = known.extract(tunnel.id());
        auto& added = add_configured(tunnel, found ? std::optional(std::move(found.mapped())) : std::nullopt);
        by_instance_.emplace(tunnel.instance.url.text(), &added);
    }
    for (auto& left : journal.leftovers)
        add_leftover(std::move(left));
}

supervisor::~supervisor() = default;

supervisor::supervised& supervisor::add(core::tunnel_record record,
                                        std::shared_ptr<const core::tunnel> settings) {
    const auto organization_id = settings->organization.id;
    const bool is_new = desks_
                            .try_emplace(organization_id, world_, config_->cloud.requests_per_minute,
                                         [this, organization_id] { reopened(organization_id); })
                            .second;
    if (is_new)
        for (auto* slots : {&queues_->preflights, &queues_->dawdlers})
            slots->share_among(desks_.size());
    host& self = *this;
    tunnels_.push_back(std::make_unique<supervised>(tunnels_.size(), world_, self, std::move(record),
                                                    std::move(settings), cloud_));
    auto& added = *tunnels_.back();
    by_id_.emplace(added.settings().id(), &added);
    return added;
}

/// A tunnel of the configuration in force, which this has not known so far.
supervisor::supervised& supervisor::add_configured(const core::tunnel& tunnel,
                                                   std::optional<core::tunnel_record> known) {
    core::tunnel_record record;
    if (known) {
        record = std::move(*known);
    } else {
        record = core::first_record(tunnel, world_.clock.now().wall);
        world_.journal.save(record, std::nullopt, [this](const std::string& error) {
            if (!error.empty())
                log(core::log_level::error, "store.failed", "a new tunnel could not be written: " + error);
        });
    }
    // The settings share the configuration's lifetime.
    auto& added = add(std::move(record), std::shared_ptr<const core::tunnel>(config_, &tunnel));
    added.seen = configurations_;
    configured_.push_back(&added);
    return added;
}

void supervisor::start() {
    watch_certificates();
    for (const auto& tunnel : tunnels_)
        take_up(*tunnel);
    go();
}

void supervisor::start_once(const std::vector<std::string>& names, core::steady_time deadline,
                            std::function<void()> quiet) {
    once_ = true;
    restart_ = core::rotation::restart::once;
    deadline_ = deadline;
    quiet_ = std::move(quiet);
    for (const auto& tunnel : tunnels_)
        take_up(*tunnel);
    const auto now = world_.clock.now();
    for (const auto& tunnel : tunnels_) {
        if (is_orphan(*tunnel))
            continue;
        tunnel->requested = std::find(names.begin(), names.end(), tunnel->settings().name) != names.end();
        const bool wanted =
            names.empty() ? reason_to_begin(*tunnel, next_due(*tunnel), now).has_value() : tunnel->requested;
        tunnel->untried = tunnel->configured && tunnel->state().is_idle() && wanted;
        tunnel->tried = !tunnel->state().is_idle();
        untried_ += tunnel->untried;
    }
    go();
}

/// What the last run left of it. An orphan is left alone.
void supervisor::take_up(supervised& tunnel) {
    if (is_orphan(tunnel) || std::exchange(tunnel.taken_up, true))
        return;
    tunnel.resume(restart_);
    note_outage(tunnel);
}

/// Taken up: now it waits for its turn, or goes on.
void supervisor::set_out(supervised& tunnel) {
    if (tunnel.state().is_idle()) {
        plan(tunnel);
        plan_checkup(tunnel);
        log_plan(tunnel, core::log_level::debug);
    } else {
        working_.insert(tunnel.key());
    }
    look_at_health(tunnel);
}

void supervisor::go() {
    started_ = true;
    world_.clock.on_wall_clock_set([this](core::duration by) { clock_set(by); });
    for (const auto& tunnel : tunnels_)
        set_out(*tunnel);
    for (const auto& tunnel : tunnels_)
        if (tunnel->requested && !tunnel->state().is_idle())
            tunnel->request();
    look_for_arrivals();
    look_at_organizations();
    const auto next = queues_->schedule.next();
    log(core::log_level::info, "supervisor.started",
        (config_->tunnels.empty() ? "no tunnels" : core::count_text(config_->tunnels.size(), "tunnel")) + ", " +
            (working_.empty() ? "none" : std::to_string(working_.size())) + " with an open key gap" +
            (next ? "; the next rotation is due at " + core::to_iso8601(*next) : ""));
    turn_ended();
}

void supervisor::ring() {
    armed_for_ = {};
    const auto now = world_.clock.now();
    while (auto* tunnel = queues_->alarms.take_due(now.steady)) {
        switch (std::exchange(tunnel->wants, supervised::wish::nothing)) {
        case supervised::wish::begin:
            plan(*tunnel);
            break;
        case supervised::wish::preflight:
            want_preflight(*tunnel);
            break;
        case supervised::wish::dawdle:
            dawdle(*tunnel);
            break;
        case supervised::wish::permit:
            want_permit(*tunnel);
            break;
        case supervised::wish::wake:
            tunnel->wake();
            break;
        case supervised::wish::nothing:
            break;
        }
    }
    while (auto* tunnel = queues_->rewrites.take_due(now.steady))
        write_down(*tunnel);
    while (auto* tunnel = queues_->schedule.take_due(now.wall))
        plan(*tunnel);
    while (auto* tunnel = queues_->checkups.take_due(now.wall))
        begin_checkup(*tunnel);
    while (auto* tunnel = queues_->health.take_due(now.wall))
        look_at_health(*tunnel);
    look_at_certificates();
    if (look_at_organizations_again_ && *look_at_organizations_again_ <= now.wall)
        look_at_organizations();
    turn_ended();
}

/// At the end of each turn of the loop that could have changed who is next.
void supervisor::turn_ended() {
    if (reloading_)
        return;  // apply() ends its turn itself
    pump();
    set_alarm();
    tell_if_quiet();
}

void supervisor::set_alarm() {
    ports::alarm_time next;
    for (const auto due : {queues_->alarms.next(), queues_->rewrites.next(), tokens_at_, certificates_.next()})
        next.steady = std::min(next.steady, due.value_or(next.steady));
    for (const auto due : {queues_->schedule.next(), queues_->checkups.next(), queues_->health.next(),
                           look_at_organizations_again_})
        next.wall = std::min(next.wall, due.value_or(next.wall));
    if (armed_for_.steady <= next.steady && armed_for_.wall <= next.wall)
        return;  // an alarm that rings too early finds nothing due, and sets the next one
    armed_for_ = next;
    world_.clock.set_alarm(next, [this] { ring(); });
}

void supervisor::sleep(rotator& who, core::steady_time until) {
    queues_->park(static_cast<supervised&>(who), supervised::wish::wake, until);
}

void supervisor::stepped(rotator& who) {
    auto& tunnel = static_cast<supervised&>(who);
    if (is_refused_for_what_was(tunnel))
        return try_again(tunnel);
    release(tunnel);
    if (resolve_what_waited(tunnel))
        return;
    using phase = core::rotation::phase;
    const auto where = tunnel.state().where();
    if (tunnel.wants == supervised::wish::wake && where != phase::waiting && where != phase::closing)
        queues_->unpark(tunnel);  // something else came before
    if (tunnel.unwritten)
        write_down(tunnel);
    if (tunnel.state().is_idle()) {
        if (working_.erase(tunnel.key()) > 0) {  // else its rotation has yet to begin
            tunnel.requested = std::exchange(tunnel.requested_next, false);
            tunnel.failed = !tunnel.state().record().last_error.empty();
        }
        write_end_of_wait(tunnel);
        plan(tunnel);
        log_plan(tunnel, core::log_level::info);
    } else {
        working_.insert(tunnel.key());
    }
    look_at_health(tunnel);
    turn_ended();
}

organization_desk& supervisor::desk_of(const core::tunnel& tunnel) {
    return desks_.at(tunnel.organization.id);
}

core::guard_finding supervisor::guards_of(const core::tunnel& tunnel, std::string_view on_premise_url) {
    // Of a tunnel that has left the configuration; two configured ones never share an instance.
    if (const auto owner = owner_of(tunnel.instance.url, tunnel.id()))
        return {core::guard_finding::kind::hold, "its instance now belongs to tunnel \"" + *owner + "\""};
    return core::check_guards(tunnel, on_premise_url,
                              [&](const core::base_url& url) { return owner_of(url, tunnel.id()); });
}

/// The configured tunnel, other than this one, whose instance has this URL.
std::optional<std::string> supervisor::owner_of(const core::base_url& url, const core::identity& not_of) const {
    const auto found = by_instance_.find(url.text());
    if (found == by_instance_.end() || found->second->settings().id() == not_of)
        return std::nullopt;
    return found->second->settings().name;
}

void supervisor::log(core::log_level level, std::string_view name, std::string message) const {
    world_.log.write("", core::notice{level, name, std::move(message), {}});
}

}  // namespace tunnelkeyd::app
