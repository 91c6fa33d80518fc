#include "simulated_tunnel.hpp"

#include "rotation_harness.hpp"

#include <algorithm>
#include <array>
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
    const auto guards = holding_ && disk_.key ? hold_it : guard_finding{};
    take(machine_->resume(how, guards, now_, uniform_(random_)));
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
    const auto guards = holding_ && machine_->record().key ? hold_it : guard_finding{};
    if (own)
        machine_->configure(settings_);
    step(event::reconfigured{guards, own});
}

void simulated_tunnel::step(rotation_event event) {
    take(machine_->step(std::move(event), now_, uniform_(random_)));
}

void simulated_tunnel::take(rotation_action next) {
    const bool goes_on = !machine_->is_idle() && machine_->where() != rotation::phase::held;
    if (!std::holds_alternative<action::none>(next) || !goes_on)
        action_ = std::move(next);
    for (const auto& said : machine_->take_notices())
        for (const auto* word : {"key 1", "key 2", "key 3"})
            expect(said.message.find(word) == std::string::npos, "no notice contains a key");
}

exchange simulated_tunnel::refusal() {
    const std::array statuses{401u, 404u, 429u, 0u};
    const auto status = statuses[static_cast<std::size_t>(up_to(4ms).count())];
    return status == 0 ? no_reply(reached::nothing) : reply(status);
}

void simulated_tunnel::perform(const action::none&) {
    if (machine_->where() == rotation::phase::held) {
        pass(up_to(1h));
        return interfere();
    }
    if (how_ == rotation::restart::once && chance(0.7)) {  // such a process ends here, and the next one comes
        pass(1h);
        return start(how_);
    }
    auto at = machine_->not_before();
    auto why = reason::scheduled;
    if (const auto due = machine_->confirmation_due()) {
        at = std::max(at, *due);
        why = reason::confirm;
    }
    if (chance(0.5)) {  // before its time
        pass(up_to(15min));
        machine_->reset_backoff(now_);
        why = reason::manual;
    } else {
        pass(std::max(duration(0), at - now_.steady) + (chance(0.3) ? up_to(24h) : duration(0)));
    }
    confirmations += why == reason::confirm;
    step(event::begin{why});
}

void simulated_tunnel::perform(const action::sleep& sleep) {
    pass(std::max(duration(0), sleep.until - now_.steady));
    step(event::woken{});
}

void simulated_tunnel::perform(const action::preflight&) {
    pass(up_to(2s));
    event::preflighted event;
    if (chance(0.15))
        event.failure = preflight_failure{static_cast<preflight_failure::check>(up_to(5ms).count()),
                                          "a problem", "a remedy", std::nullopt};
    step(std::move(event));
}

void simulated_tunnel::perform(const action::await_permit&) {
    if (chance(0.5))
        pass(up_to(90s));
    step(event::permitted{});
}

void simulated_tunnel::perform(const action::save& save) {
    const auto& next = machine_->record();
    if (next.open && next.open->intent && next.key) {
        replaced += next.key->rejections >= 5;
        expect(next.key->rejections >= 5 || requested_while_held_, "a pending key is replaced for a reason");
    }
    if (disk_.key && next.open && !next.key)
        expect(may_drop_key_, "a pending key is dropped only once it is suspect");
    expect(!save.ended || !next.open, "a line of history ends a rotation");
    const bool fails = chance(0.06);
    if (!fails || chance(0.3))  // a write that failed may still be found on disk
        disk_ = next;
    step(event::saved{fails ? "disk full" : ""});
}

void simulated_tunnel::perform(const action::regenerate&) {
    ++regenerates;
    requested_while_held_ = false;
    const auto generation = machine_->record().generation;
    expect(disk_.open && disk_.open->intent && disk_.generation == generation, "an intent before each request");
    expect(generation > last_intent_sent_, "an intent of its own before each request");
    last_intent_sent_ = generation;

    auto seen = no_reply(reached::interrupted, chance(0.5));
    if (chance(0.12)) {
        seen = refusal();
    } else if (chance(0.3)) {
        const bool applied = chance(0.4);
        pass(up_to(60s));
        if (applied)
            ends_.regenerate();
        if (chance(0.5))  // late, or a second time
            ends_.regenerate_later(now_.steady + up_to(settings_->retry.settle));
        if (chance(0.3))
            seen = reply(504);
    } else {
        pass(up_to(2s));
        ends_.regenerate();
        seen = reply(200, R"({"token": ")" + ends_.cloud_key() + R"("})");
    }
    auto verdict = judge_regenerate(seen, now_.wall);
    if (verdict.what == regenerate_verdict::kind::unknown) {
        ++unknowns;
        last_unknown_ = generation;
        may_drop_key_ = true;
    } else if (verdict.what == regenerate_verdict::kind::minted) {
        may_drop_key_ = false;
        if (chance(0.05))
            holding_ = true;
    }
    step(event::regenerated{std::move(verdict), holding_ ? hold_it : guard_finding{}});
}

void simulated_tunnel::perform(const action::install&) {
    const auto& pending = *machine_->record().key;
    const std::string key(pending.key->reveal());
    expect(pending.generation > last_unknown_, "a suspect key is never sent again");
    expect(machine_->gap_open(), "a key is sent only while the gap is open");

    auto seen = reply(200);
    if (rejecting_ && chance(0.9)) {
        seen = reply(400);
    } else if (chance(0.1)) {
        seen = refusal();
    } else if (chance(0.25)) {
        seen = chance(0.5) ? reply(504) : no_reply(reached::interrupted, true);
        pass(up_to(60s));
        if (chance(0.4))
            ends_.install(key);
        if (chance(0.5))
            ends_.install_later(now_.steady + up_to(settings_->retry.settle), key);
    } else {
        pass(up_to(2s));
        ends_.install(key);
    }
    step(event::install_answered{judge_install(seen, now_.wall)});
}

}  // namespace tunnelkeyd::core::testing
