#include "simulated_tunnel.hpp"

#include "rotation_harness.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::core::testing {

using namespace std::chrono_literals;

void simulated_ends::pass_until(steady_time now) {
    std::sort(late_.begin(), late_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    auto next = late_.begin();
    for (; next != late_.end() && next->at <= now; ++next)
        next->install ? install(*next->install) : regenerate();
    late_.erase(late_.begin(), next);
}

simulated_tunnel::simulated_tunnel(std::uint64_t seed, rotation::restart how)
    : random_(seed), how_(how), now_{start_of_time, steady_time(1000h)}, settings_(shared(example_tunnel())) {
    disk_.id = settings_->id();
    disk_.first_seen = now_.wall;
    start(how_);
}

std::string simulated_tunnel::run(unsigned faulty_steps) {
    for (unsigned i = 0; i < faulty_steps && broken_.empty(); ++i) {
        if (chance(0.03))
            crash();
        else if (chance(0.03))
            interfere();
        std::visit([this](const auto& what) { perform(what); }, rotation_action(action_));
    }
    quieten();
    return broken_;
}

/// The faults stop. The gap closes by itself, confirmations heal the rest, and nothing needless is regenerated.
void simulated_tunnel::quieten() {
    faulty_ = false;
    rejecting_ = false;
    const auto before = regenerates;
    const auto since = now_.steady;
    std::optional<steady_time> closed;
    for (int i = 0; i < 200 && broken_.empty(); ++i) {
        if (machine_->where() == rotation::phase::held) {
            expect(holding_, "held only while a guard says so");
            ended_held = true;
            return;
        }
        if (!closed && !machine_->gap_open())
            closed = now_.steady;
        if (machine_->is_idle() && !machine_->confirmation_due())
            break;
        std::visit([this](const auto& what) { perform(what); }, rotation_action(action_));
    }
    expect(machine_->is_idle() && !machine_->confirmation_due(), "comes to rest when faults stop");
    expect(closed && *closed - since <= 1h + 2min, "the gap closes within the longest backoff");
    expect(regenerates - before <= 2, "one regenerate for an open gap and one confirmation, and no more");
    pass(settings_->retry.settle);  // the key that is held may still arrive a second time
    expect(ends_.in_step(), "the instance holds the cloud's key");
}

void simulated_tunnel::expect(bool kept, const char* rule) {
    if (!kept && broken_.empty())
        broken_ = rule;
}

void simulated_tunnel::pass(duration length) {
    now_.steady += length;
    now_.wall += length;
    ends_.pass_until(now_.steady);
}

void simulated_tunnel::start(rotation::restart how) {
    if (disk_.open && disk_.open->intent)
        last_unknown_ = disk_.generation;
    may_drop_key_ = disk_.key && (disk_.open->intent || now_.wall - disk_.key->minted_at > 1h);
    machine_.emplace(disk_, settings_);
    take(machine_->resume(how, tell_guards(), now_, uniform_(random_)));
}

/// Dies, whatever is under way: a request may have left or not, a write may be on disk or not.
void simulated_tunnel::crash() {
    ++crashes;
    const auto dies_at = now_.steady;
    if (std::holds_alternative<action::regenerate>(action_)) {
        if (chance(0.4))
            ends_.regenerate();
        else if (chance(0.5))
            ends_.regenerate_later(dies_at + up_to(settings_->retry.settle));
    } else if (std::holds_alternative<action::install>(action_)) {
        const std::string key(machine_->record().key->key->reveal());
        if (chance(0.4))
            ends_.install(key);
        else if (chance(0.5))
            ends_.install_later(dies_at + up_to(settings_->retry.settle), key);
    } else if (std::holds_alternative<action::save>(action_) && chance(0.5)) {
        disk_ = machine_->record();
    }
    pass(chance(0.2) ? up_to(3h) : up_to(5s));
    if (how_ == rotation::restart::daemon && chance(0.1))
        now_.wall += up_to(4h) - 2h;
    start(how_);
}

/// A person or a reload comes between two steps.
void simulated_tunnel::interfere() {
    if (chance(0.4)) {
        requested_while_held_ |= machine_->where() == rotation::phase::held;
        return step(event::requested{});
    }
    if (chance(0.3)) {
        rejecting_ = !rejecting_;
        return;
    }
    if (chance(0.5))
        holding_ = !holding_;
    const bool own = chance(0.5);
    if (own)
        machine_->configure(settings_);
    step(event::reconfigured{tell_guards(), own});
}

void simulated_tunnel::step(rotation_event event) {
    take(machine_->step(std::move(event), now_, uniform_(random_)));
}

guard_finding simulated_tunnel::tell_guards() {
    told_to_hold_ = holding_;
    return holding_ ? hold_it : guard_finding{};
}

void simulated_tunnel::take(rotation_action next) {
    expect(!told_to_hold_ || !std::holds_alternative<action::install>(next), "a held key is sent nowhere");
    const bool goes_on = !machine_->is_idle() && machine_->where() != rotation::phase::held;
    if (!std::holds_alternative<action::none>(next) || !goes_on)
        action_ = std::move(next);
    for (const auto& said : machine_->take_notices())
        for (const auto* word : {"key 1", "key 2", "key 3"})
            expect(said.message.find(word) == std::string::npos, "no notice contains a key");
}

}  // namespace tunnelkeyd::core::testing
