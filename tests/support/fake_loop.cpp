#include "support/fake_loop.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::tests {

namespace {

constexpr core::duration notices_within = std::chrono::minutes(1);
constexpr core::duration never = std::chrono::days(100 * 365);

}  // namespace

core::duration fake_loop::until_alarm_by_wall() const {
    return std::clamp(alarm_at_.wall - now_.wall, core::duration(0), never);
}

void fake_loop::set_alarm(ports::alarm_time at, std::function<void()> ring) {
    alarm_at_ = at;
    const auto when = std::min(std::max(at.steady, now_.steady), now_.steady + until_alarm_by_wall());
    alarm_ = event{when, posted_++, life_, std::move(ring)};
}

void fake_loop::step_wall(core::duration by) {
    const auto before = until_alarm_by_wall();
    now_.wall += by;
    if (alarm_)
        alarm_->at = std::min(std::max(alarm_at_.steady, now_.steady),
                              now_.steady + std::max(until_alarm_by_wall(), std::min(before, notices_within)));
    deliver(life_, notices_within, [this, by] {
        if (told_)
            told_(by);
    });
}

void fake_loop::kill() {
    ++life_;
    alarm_.reset();
    told_ = nullptr;
}

void fake_loop::push(core::duration delay, std::function<void()> run, std::uint64_t life) {
    events_.push({now_.steady + delay, posted_++, life, std::move(run)});
}

void fake_loop::drop_dead() {
    while (!events_.empty() && events_.top().life != outside && events_.top().life != life_)
        events_.pop();
}

void fake_loop::advance(core::steady_time to) {
    now_.wall += to - now_.steady;
    now_.steady = to;
}

bool fake_loop::step(core::steady_time until) {
    drop_dead();
    const bool ring = alarm_ && (events_.empty() || later()(events_.top(), *alarm_));
    if ((!ring && events_.empty()) || (ring ? *alarm_ : events_.top()).at > until) {
        advance(std::max(until, now_.steady));
        return false;
    }
    event next;
    if (ring) {
        next = *std::exchange(alarm_, std::nullopt);
    } else {
        next = std::move(const_cast<event&>(events_.top()));  // pop() gives nothing back
        events_.pop();
    }
    advance(next.at);
    ++steps_;
    next.run();
    return true;
}

void fake_loop::run_for(core::duration length) {
    const auto until = now_.steady + length;
    while (step(until))
        ;
}

}  // namespace tunnelkeyd::tests
