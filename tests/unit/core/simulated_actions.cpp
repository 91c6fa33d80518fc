#include "rotation_harness.hpp"
#include "simulated_tunnel.hpp"

#include <algorithm>
#include <array>
#include <utility>

// What becomes of each action: how the ends take it, and what the machine is told of that.
namespace tunnelkeyd::core::testing {

using namespace std::chrono_literals;

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
    step(event::regenerated{std::move(verdict), tell_guards()});
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
