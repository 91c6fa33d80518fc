#include "app/supervisor.hpp"

#include "app/supervised.hpp"

#include <algorithm>
#include <utility>

// Taking up what the last run left, and time. Who is next: supervisor_turns.cpp; ending: supervisor_end.cpp.
namespace tunnelkeyd::app {

namespace {

// Schedules go by the wall clock, alarms by the steady one: look again this often, since the wall clock may
// step and the machine may sleep.
constexpr core::duration wall_clock_check = std::chrono::seconds(60);

}  // namespace

supervisor::supervisor(const outside& world, std::shared_ptr<const core::config> config,
                       ports::journal_contents journal)
    : world_(world),
      config_(std::move(config)),
      salt_(journal.salt),
      started_at_(world.clock.now().wall),
      queues_(std::make_unique<queues>()) {
    std::map<core::identity, core::tunnel_record> known;
    for (auto& record : journal.records)
        known.emplace(record.id, std::move(record));

    tunnels_.reserve(config_->tunnels.size());
    by_instance_.reserve(config_->tunnels.size());
    for (const auto& tunnel : config_->tunnels) {
        // Shares the configuration's lifetime.
        std::shared_ptr<const core::tunnel> settings(config_, &tunnel);
        auto found = known.extract(tunnel.id());
        core::tunnel_record record;
        if (found) {
            record = std::move(found.mapped());
        } else {
            record.id = tunnel.id();
            record.name = tunnel.name;
            record.first_seen = started_at_;
            world_.journal.save(record, std::nullopt, [this](const std::string& error) {
                if (!error.empty())
                    log(core::log_level::error, "store.failed", "a new tunnel could not be written: " + error);
            });
        }
        by_instance_.emplace(tunnel.instance.url.text(), &add(std::move(record), std::move(settings)));
    }
    for (auto& left : journal.leftovers)
        add_leftover(std::move(left));
}

supervisor::~supervisor() = default;

supervisor::supervised& supervisor::add(core::tunnel_record record,
                                        std::shared_ptr<const core::tunnel> settings) {
    const auto organization_id = settings->organization.id;
    desks_.try_emplace(organization_id, world_, [this, organization_id] { reopened(organization_id); });
    host& self = *this;
    tunnels_.push_back(std::make_unique<supervised>(tunnels_.size(), world_, self, std::move(record),
                                                    std::move(settings), config_->cloud));
    return *tunnels_.back();
}

void supervisor::add_leftover(ports::leftover left) {
    auto orphan = [&](const std::string& why) {
        world_.log.write(left.record.name,
                         {core::log_level::error,
                          "tunnel.orphaned",
                          "the configuration has no such tunnel any more, its key gap is open, and " + why,
                          {}});
    };
    ++orphans_;
    if (!left.settings)
        return orphan("what the journal kept of its settings cannot be read: put the tunnel back");
    if (const auto other = by_instance_.find(left.settings->instance.url.text()); other != by_instance_.end())
        return orphan(
            "its instance now belongs to tunnel \"" + other->second->settings().name +
            "\": its key is sent nowhere. To finish it, put it back in the place of that tunnel for one run");
    --orphans_;
    add(std::move(left.record), std::move(left.settings)).configured = false;
}

void supervisor::start() {
    take_up(core::rotation::restart::daemon);
    go();
}

void supervisor::start_once(const std::vector<std::string>& names, core::steady_time deadline,
                            std::function<void()> quiet) {
    once_ = true;
    deadline_ = deadline;
    quiet_ = std::move(quiet);
    take_up(core::rotation::restart::once);
    const auto now = world_.clock.now();
    for (const auto& tunnel : tunnels_) {
        tunnel->requested = std::find(names.begin(), names.end(), tunnel->settings().name) != names.end();
        const bool wanted = names.empty() ? reason_to_begin(*tunnel, now).has_value() : tunnel->requested;
        tunnel->untried = tunnel->configured && tunnel->state().is_idle() && wanted;
        tunnel->tried = !tunnel->state().is_idle();
        untried_ += tunnel->untried;
    }
    go();
}

void supervisor::take_up(core::rotation::restart how) {
    for (const auto& tunnel : tunnels_) {
        tunnel->resume(how);
        // A key that came later ended what was unknown before it.
        const auto& record = tunnel->state().record();
        if (record.open && record.open->unknown && !record.key)
            desk_of(tunnel->settings()).gate.regenerate_ended(tunnel->settings().id(), true);
    }
}

void supervisor::go() {
    for (const auto& tunnel : tunnels_) {
        if (tunnel->state().is_idle()) {
            plan(*tunnel);
            log_plan(*tunnel, core::log_level::debug);
        } else {
            working_.insert(tunnel->key());
        }
    }
    for (const auto& tunnel : tunnels_)
        if (tunnel->requested && !tunnel->state().is_idle()) {
            queues_->unpark(*tunnel);
            tunnel->request();
        }
    const auto next = queues_->schedule.next();
    log(core::log_level::info, "supervisor.started",
        std::to_string(tunnels_.size()) + " tunnels, " + std::to_string(working_.size()) +
            " with an open key gap" + (next ? "; the next rotation is due at " + core::to_iso8601(*next) : ""));
    pump();
    set_alarm();
    tell_if_quiet();
}

void supervisor::log_plan(const supervised& tunnel, core::log_level level) const {
    if (tunnel.due)
        tunnel.log({level,
                    "rotation.planned",
                    "the next rotation is due at " + core::to_iso8601(*tunnel.due),
                    {{"next", core::to_iso8601(*tunnel.due)}}});
}

void supervisor::ring() {
    armed_for_.reset();
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
    while (auto* tunnel = queues_->schedule.take_due(now.wall))
        plan(*tunnel);
    pump();
    set_alarm();
    tell_if_quiet();
}

void supervisor::set_alarm() {
    const auto now = world_.clock.now();
    auto next = queues_->alarms.next();
    if (const auto due = queues_->schedule.next()) {
        const auto until_due = std::clamp(*due - now.wall, core::duration(0), wall_clock_check);
        next = std::min(next.value_or(core::steady_time::max()), now.steady + until_due);
    }
    if (!next || (armed_for_ && *armed_for_ <= *next))
        return;  // an alarm that rings too early finds nothing due, and sets the next one
    armed_for_ = next;
    world_.clock.set_alarm(*next, [this] { ring(); });
}

void supervisor::sleep(rotator& who, core::steady_time until) {
    queues_->park(static_cast<supervised&>(who), supervised::wish::wake, until);
}

void supervisor::stepped(rotator& who) {
    auto& tunnel = static_cast<supervised&>(who);
    release(tunnel);
    if (tunnel.state().is_idle()) {
        working_.erase(tunnel.key());
        tunnel.requested = false;
        tunnel.failed = !tunnel.state().record().last_error.empty();
        plan(tunnel);
        log_plan(tunnel, core::log_level::info);
    } else {
        working_.insert(tunnel.key());
    }
    pump();
    set_alarm();
    tell_if_quiet();
}

organization_desk& supervisor::desk_of(const core::tunnel& tunnel) {
    return desks_.at(tunnel.organization.id);
}

core::guard_finding supervisor::guards_of(const core::tunnel& tunnel, std::string_view on_premise_url) {
    return core::check_guards(
        tunnel, on_premise_url, [&](const core::base_url& url) -> std::optional<std::string> {
            const auto found = by_instance_.find(url.text());
            if (found == by_instance_.end() || found->second->settings().id() == tunnel.id())
                return std::nullopt;
            return found->second->settings().name;
        });
}

void supervisor::log(core::log_level level, std::string_view name, std::string message) const {
    world_.log.write("", core::notice{level, name, std::move(message), {}});
}

}  // namespace tunnelkeyd::app
