#include "net/loop_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace tunnelkeyd::net {

namespace {

// The timer goes by the steady clock: the wall clock may be set meanwhile, and the machine may sleep.
constexpr core::duration wall_clock_check = std::chrono::seconds(60);
// Between two checks. A clock that is only adjusted drifts by some 30 ms at most.
constexpr core::duration least_step = std::chrono::seconds(1);

core::moment read_clocks() {
    using std::chrono::floor;
    return {floor<core::duration>(std::chrono::system_clock::now()),
            floor<core::duration>(std::chrono::steady_clock::now())};
}

}  // namespace

struct loop_clock::alarm {
    explicit alarm(boost::asio::io_context& loop) : timer(loop) {}
    void look(core::moment now);

    boost::asio::steady_timer timer;
    ports::alarm_time at;
    std::function<void()> ring;
    core::moment looked{};  ///< the last look at both clocks
    std::function<void(core::duration)> told;
    std::uint64_t number = 0;  ///< tells an alarm from an earlier one, whose expiry may already be queued
};

loop_clock::loop_clock(boost::asio::io_context& loop) : alarm_(std::make_shared<alarm>(loop)) {
}

loop_clock::~loop_clock() = default;

core::moment loop_clock::now() const {
    return read_clocks();
}

void loop_clock::set_alarm(ports::alarm_time at, std::function<void()> ring) {
    alarm_->at = at;
    alarm_->ring = std::move(ring);
    ++alarm_->number;
    arm(alarm_);
}

void loop_clock::on_wall_clock_set(std::function<void(core::duration by)> told) {
    alarm_->told = std::move(told);
    alarm_->looked = read_clocks();
}

void loop_clock::alarm::look(core::moment now) {
    const auto by = (now.wall - looked.wall) - (now.steady - looked.steady);
    looked = now;
    if (told && std::chrono::abs(by) >= least_step)
        told(by);
}

void loop_clock::arm(const std::shared_ptr<alarm>& set) {
    const auto now = read_clocks();
    const auto by_wall = now.steady + std::clamp(set->at.wall - now.wall, core::duration(0), wall_clock_check);
    set->timer.expires_at(std::min(set->at.steady, by_wall));
    set->timer.async_wait([weak = std::weak_ptr(set), number = set->number](boost::system::error_code) {
        const auto rung = weak.lock();
        if (!rung || rung->number != number)
            return;
        const auto then = read_clocks();
        rung->look(then);
        if (rung->number != number)
            return;  // it was set anew meanwhile
        if (then.steady >= rung->at.steady || then.wall >= rung->at.wall)
            std::exchange(rung->ring, nullptr)();
        else
            arm(rung);
    });
}

}  // namespace tunnelkeyd::net
