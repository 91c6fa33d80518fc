#include "app/supervised.hpp"
#include "app/supervisor.hpp"
#include "core/refusals.hpp"
#include "core/shown_record.hpp"

#include <utility>

// Break-glass: what a person does to a key gap that is open.
namespace tunnelkeyd::app {

namespace {

using phase = core::rotation::phase;

core::refusal another_key(std::uint64_t stored) {
    return {"another_key",
            stored == 0 ? std::string("no key is stored any more")
                        : "the stored key is another one by now, number " + std::to_string(stored),
            "look at `tunnelkeyd pending` again",
            {}};
}

core::refusal no_stored_key(const std::string& name) {
    return {"no_stored_key",
            "no key of tunnel \"" + name + "\" is stored: the cloud is asked for one",
            "`tunnelkeyd rotate` has it asked at once; `tunnelkeyd status` says what stands in the way",
            {}};
}

std::uint64_t number_of(const core::tunnel_record& record) {
    return record.key ? record.key->generation : 0;
}

/// The stored key may be replaced by what is under way.
bool is_about_to_change(phase where) {
    return where == phase::intent || where == phase::regenerating || where == phase::sealing;
}

}  // namespace

/// A key gap that is open: of a tunnel, or of an orphan whose settings are lost.
struct supervisor::gap {
    supervised* tunnel;
    const core::tunnel_record* record;
};

core::result_of<supervisor::gap> supervisor::open_gap(const std::string& name) {
    if (draining_)
        return core::ending();
    std::vector<gap> found;
    bool known = false;
    for (const auto& tunnel : tunnels_) {
        if (tunnel->settings().name != name && tunnel->settings().hostname != name)
            continue;
        known = known || !is_gone(*tunnel);
        if (tunnel->state().gap_open())
            found.push_back({tunnel.get(), &tunnel->state().record()});
    }
    for (const auto& [id, record] : unreadable_)
        if (record.name == name || id.hostname == name)
            found.push_back({nullptr, &record});
    if (found.size() > 1)
        return core::ambiguous_tunnel(name, "tunnelkeyd pending");
    if (found.size() == 1)
        return found.front();
    if (known)
        return core::refusal{"no_open_gap",
                             "the key gap of tunnel \"" + name + "\" is closed",
                             "nothing is to be done; `tunnelkeyd pending` lists those that are open",
                             {}};
    return core::unknown_tunnel(name, "`tunnelkeyd pending` lists the key gaps that are open");
}

core::pending_report supervisor::report_of(const supervised& tunnel) const {
    auto report = core::pending_of(tunnel.state().record());
    const auto& settings = tunnel.settings();
    report.tunnel = settings.name;
    report.organization = settings.organization.name;
    report.instance_url = settings.instance.url.text();
    report.configured = tunnel.configured;
    report.state = is_orphan(tunnel) ? "orphaned" : core::to_string(tunnel.state().where());
    report.problems = core::problems_of(facts_of(tunnel), config_->health, world_.clock.now().wall);
    return report;
}

std::vector<core::pending_report> supervisor::pending() const {
    std::vector<core::pending_report> all;
    for (const auto& tunnel : tunnels_)
        if (tunnel->state().gap_open())
            all.push_back(report_of(*tunnel));
    for (const auto& [id, record] : unreadable_) {
        auto& report = all.emplace_back(core::pending_of(record));
        report.configured = false;
        report.state = "orphaned";
        report.problems.push_back(problem_of_unreadable(record));
    }
    return all;
}

void supervisor::reveal(const std::string& name, const std::string& by, answer<core::revealed_key> done) {
    const auto found = open_gap(name);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return done(*refused);
    const auto [tunnel, record] = std::get<gap>(found);
    if (tunnel != nullptr && is_about_to_change(tunnel->state().where()))
        return done(core::refusal{"busy_now",
                                  "another key is being asked for at this moment",
                                  "look at `tunnelkeyd pending` again in a moment",
                                  {}});
    if (!record->key || !record->key->key)
        return done(no_stored_key(name));

    auto report = core::pending_of(*record);
    if (tunnel != nullptr)
        report = report_of(*tunnel);
    core::revealed_key shown{std::move(report), record->key->key};
    world_.log.write(record->name, {core::log_level::warn,
                                    "key.revealed",
                                    "a person is shown the stored key, to install it by hand",
                                    {{"by", by}, {"number", std::to_string(shown.pending.number)}}});
    note_by_hand(*record, core::outcome::revealed, by,
                 [shown = std::move(shown), done = std::move(done)] { done(shown); });
}

/// A person is not kept from it by a disk that takes no writes: the log has it.
void supervisor::note_by_hand(const core::tunnel_record& record, core::outcome what, const std::string& by,
                              std::function<void()> done) {
    auto line = core::by_hand(record, what, by, world_.clock.now().wall);
    world_.journal.save(record, std::move(line), [this, done = std::move(done)](const std::string& error) {
        if (!error.empty())
            log(core::log_level::error, "store.failed", "the history could not be written: " + error);
        done();
    });
}

core::result_of<core::resolve_report> supervisor::resolve(const std::string& name, core::resolution how,
                                                          std::optional<std::uint64_t> number,
                                                          const std::string& by) {
    const auto found = open_gap(name);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return *refused;
    const auto [tunnel, record] = std::get<gap>(found);
    const auto stored = number_of(*record);
    if (number && *number != stored)
        return another_key(stored);
    const bool orphan = tunnel == nullptr || is_orphan(*tunnel);
    if (how == core::resolution::regenerate && orphan)
        return core::refusal{"orphaned",
                             "tunnel \"" + name + "\" is orphaned: a new key would go nowhere",
                             "put it back into the configuration, or install its key by hand",
                             {}};
    if (how == core::resolution::regenerate && stored == 0)
        return no_stored_key(name);

    core::resolve_report report{record->name, how, false};
    if (tunnel == nullptr) {
        forget_unreadable(record->id, by);
        return report;
    }
    const auto where = tunnel->state().where();
    if (is_about_to_change(where))
        return core::refusal{"busy_now",
                             "another key is being asked for at this moment",
                             "look at `tunnelkeyd pending` again in a moment",
                             {}};
    report.later = where == phase::installing || where == phase::recording || tunnel->is_preflighting();
    if (report.later)
        tunnel->resolving = {how, by, stored};
    else
        resolve_now(*tunnel, how, by);
    turn_ended();
    return report;
}

void supervisor::resolve_now(supervised& tunnel, core::resolution how, const std::string& by) {
    if (!std::exchange(tunnel.taken_up, true))
        tunnel.resume(restart_);  // an orphan, which nothing was done for
    stop_waiting(tunnel);
    if (how == core::resolution::regenerate)
        note_by_hand(tunnel.state().record(), core::outcome::discarded, by, [] {});
    else
        forget_outage(tunnel);
    tunnel.resolve(how, by);
}

/// What was under way has been answered. Returns whether that was the next step.
bool supervisor::resolve_what_waited(supervised& tunnel) {
    const auto& state = tunnel.state();
    if (!tunnel.resolving || tunnel.is_preflighting())
        return false;
    const bool waits = state.where() == phase::waiting || state.where() == phase::held || waits_to_send(tunnel);
    if (state.gap_open() && !waits)
        return false;
    const auto wanted = *std::exchange(tunnel.resolving, std::nullopt);
    if (!state.gap_open() || number_of(state.record()) != wanted.number)
        return false;  // it has come to its end by itself, or has another key now
    resolve_now(tunnel, wanted.how, wanted.by);
    return true;
}

/// Nothing is known of it but its record.
void supervisor::forget_unreadable(const core::identity& id, const std::string& by) {
    auto record = std::move(unreadable_.extract(id).mapped());
    world_.log.write(record.name, {core::log_level::warn,
                                   "rotation.resolved",
                                   "a person has installed a key, and says so: the key gap is closed",
                                   {{"by", by}}});
    auto line = core::end_by_hand(record, by, world_.clock.now().wall);
    world_.journal.save(record, std::move(line), [this](const std::string& error) {
        if (!error.empty())
            log(core::log_level::error, "store.failed",
                "that an orphan is resolved could not be written: " + error +
                    "; it is one again after a restart");
    });
}

}  // namespace tunnelkeyd::app
