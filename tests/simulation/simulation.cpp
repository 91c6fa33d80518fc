#include "simulation/simulation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using std::chrono::days;

namespace {

// From the design: what may be in force when faults stop. See watch_rounds.cpp.
constexpr core::duration gaps_close_within = 1h + 21min;
constexpr core::duration late_effects_heal_within = 24h + 2h;
constexpr core::duration between_looks = 3h;
constexpr core::duration oldest_usable_key = 1h;
constexpr std::size_t trace_lines = 200;

}  // namespace

simulation::simulation(std::uint64_t seed, temper how, bool traced)
    : how_(std::move(how)),
      world_(seed),
      watch_(world_, trace_),
      weather_(world_, watch_, how_, seed),
      people_(world_, weather_, watch_, sites_, how_, seed),
      by_(seed, 4),
      influences_(influences()) {
    trace_.on = traced;
    world_.draft.cloud.requests_per_minute = how_.requests_per_minute;
    world_.wire.leaving = [this, also = world_.wire.leaving](const std::string& target, tests::call what) {
        also(target, what);
        strike(what, target);
    };
    world_.instances.before_install = [this, also = world_.instances.before_install](const core::instance& at,
                                                                                     const core::secret& key) {
        also(at, key);
        if (!ended_ && by_.happens(how_.key_unwanted))
            world_.instances.at(at.url.text()).unwanted.emplace(key.reveal());
    };
    if (traced)
        world_.log.told = [this](std::string_view tunnel, const core::notice& event) {
            const auto found = std::find_if(sites_.begin(), sites_.end(), [&](const auto& each) {
                return !each->retired && each->settings.name == tunnel;
            });
            if (tunnel.empty() || found != sites_.end())
                watch_.happens(tunnel.empty() ? "" : (*found)->settings.hostname,
                               "log: " + std::string(event.name) + ": " + event.message);
        };
}

std::vector<simulation::influence> simulation::influences() {
    return {
        {how_.cloud_trouble,
         [this] { weather_.trouble_at_cloud(sites_[by_.pick(sites_.size())]->settings.organization.id); }},
        {how_.instance_trouble,
         [this] { weather_.trouble_at_instance(sites_[by_.pick(sites_.size())]->settings.hostname); }},
        {how_.store_trouble, [this] { weather_.trouble_with_store(); }},
        {how_.credentials_trouble, [this] { people_.spoil_credentials(); }},
        {how_.reload,
         [this] {
             ++found_.reloads;
             people_.change_configuration();
         }},
        {how_.killed, [this] { kill(); }},
        {how_.stopped, [this] { stop(); }},
        {how_.restored ? std::optional(*how_.restored / 3) : std::nullopt, [this] { back_up(); }},
        {how_.restored, [this] { restore(); }},
        {how_.clock_stepped, [this] { step_clock(); }},
        {how_.asked, [this] { people_.ask(); }},
    };
}

void simulation::set_in_motion(const influence& what) {
    if (what.every)
        world_.loop.post(by_.about(*what.every), [this, &what] {
            if (ended_)
                return;
            what.happen();
            set_in_motion(what);
        });
}

/// Trouble comes when it hurts most.
void simulation::strike(tests::call what, const std::string& target) {
    if (!ended_ && what == tests::call::status && how_.asked && by_.happens(how_.paused / 20))
        world_.loop.post(by_.up_to(50ms), [this, target] {
            if (!ended_)
                people_.pause_for_a_while(target);
        });
    if (ended_ || (what != tests::call::regenerate && what != tests::call::install))
        return;
    if (kill_in_ == 0 && by_.happens(how_.killed_at_request))
        kill_in_ = 1 + static_cast<unsigned>(by_.pick(40));
    if (by_.happens(how_.change_at_request))
        world_.loop.post(by_.up_to(100ms), [this, target] {
            if (ended_)
                return;
            ++found_.reloads;
            people_.change_configuration_of(target);
        });
    if (!by_.happens(how_.trouble_at_request))
        return;
    if (by_.happens(0.5))
        weather_.trouble_at_instance(target);
    else
        weather_.trouble_at_cloud_of(target);
}

findings simulation::run() {
    const auto until = world_.loop.now().steady + how_.length;
    start();
    for (const auto& each : influences_)
        set_in_motion(each);
    look_around();
    run_until(until);
    end();

    found_.broken = watch_.broken();
    if (trace_.on && !found_.broken.empty())
        found_.trace = trace_.of(watch_.broken_at(), trace_lines);
    found_.digest = watch_.digest();
    found_.steps = world_.loop.steps();
    found_.rotations = world_.metrics.rotations[static_cast<std::size_t>(core::outcome::installed)];
    found_.regenerates = static_cast<unsigned>(world_.wire.sent(tests::call::regenerate));
    found_.most_in_an_hour = watch_.most_in_an_hour();
    return found_;
}

std::string simulation::so_far() const {
    return trace_.of("", trace_lines);
}

void simulation::look_around() {
    world_.loop.post(between_looks, [this] {
        watch_.look_around();
        look_around();
    });
}

void simulation::run_until(core::steady_time until) {
    while (watch_.broken().empty() && world_.loop.step(until))
        if (kill_in_ > 0 && --kill_in_ == 0)
            kill();
}

/// A rotation may be under way just now.
void simulation::run_until_calm() {
    const auto until = world_.loop.now().steady + 10min;
    while (watch_.broken().empty() && world_.supervisor().summarize().rotating > 0 && world_.loop.step(until)) {
    }
}

void simulation::end() {
    ended_ = true;
    kill_in_ = 0;
    weather_.clear();
    people_.mend_everything();
    watch_.trouble_everywhere();
    watch_.happens("", "faults stop");
    if (world_.is_running() && (world_.supervisor().is_draining() || how_.paused > 0))
        world_.kill();
    if (!world_.is_running())
        people_.resume();
    start();
    run_until(world_.loop.now().steady + gaps_close_within);
    run_until_calm();
    watch_.look_at_the_end(false);
    run_until(world_.loop.now().steady + late_effects_heal_within);
    run_until_calm();
    watch_.look_at_the_end(true);
    if (!watch_.has_excused())
        return;
    run_until(world_.loop.now().steady + 2 * how_.every + how_.jitter + days(2));
    run_until_calm();
    watch_.forget_excuses();
    watch_.look_at_the_end(true);
}

void simulation::start() {
    if (world_.is_running())
        return;
    people_.write_configuration();
    if (!ended_)
        people_.pause_and_resume();
    watch_.started();
    world_.start();
}

void simulation::kill() {
    if (!world_.is_running())
        return;
    ++found_.kills;
    watch_.killed();
    world_.kill();
    const auto down = by_.one_of(std::array<core::duration, 5>{0ms, 1s, 1s, 1min, by_.up_to(6h)});
    world_.loop.post(down, [this] { start(); });
}

void simulation::step_clock() {
    const auto by = by_.one_of(std::array<core::duration, 5>{1s, 5min, 1h, 1h, days(2)});
    watch_.clock_steps();
    world_.loop.step_wall(by_.happens(0.5) ? by : -by);
    watch_.happens("", "the clock is set by " + core::to_string(by) + ", forward or back");
}

/// SIGTERM. Systemd waits for so long.
void simulation::stop() {
    if (!world_.is_running())
        return;
    watch_.happens("", "daemon: told to end");
    world_.drain(25s);
    world_.loop.post(26s, [this, life = world_.loop.life()] {
        if (world_.loop.life() == life && !ended_)
            kill();
    });
}

void simulation::back_up() {
    backup_ = world_.journal.records;
    backed_up_ = world_.loop.now().steady;
    watch_.happens("", "people: back up the store");
}

void simulation::restore() {
    if (backup_.empty() || !world_.is_running() || world_.loop.now().steady - backed_up_ < oldest_usable_key)
        return;
    ++found_.restores;
    kill();
    watch_.before_restore();
    world_.journal.records = backup_;
    watch_.happens("", "people: restore the backup");
}

}  // namespace tunnelkeyd::simulation
