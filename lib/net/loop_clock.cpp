#include "net/loop_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace tunnelkeyd::net {

struct loop_clock::alarm {
    explicit alarm(boost::asio::io_context& loop) : timer(loop) {}

    boost::asio::steady_timer timer;
    std::function<void()> ring;
    std::uint64_t number = 0;  ///< tells an alarm from an earlier one, whose expiry may already be queued
};

loop_clock::loop_clock(boost::asio::io_context& loop) : alarm_(std::make_shared<alarm>(loop)) {
}

loop_clock::~loop_clock() = default;

core::moment loop_clock::now() const {
    using std::chrono::floor;
    return {floor<core::duration>(std::chrono::system_clock::now()),
            floor<core::duration>(std::chrono::steady_clock::now())};
}

void loop_clock::set_alarm(core::steady_time at, std::function<void()> ring) {
    alarm_->ring = std::move(ring);
    alarm_->timer.expires_at(at);
    alarm_->timer.async_wait(
        [weak = std::weak_ptr(alarm_), number = ++alarm_->number](boost::system::error_code) {
            const auto set = weak.lock();
            if (set && set->number == number)
                std::exchange(set->ring, nullptr)();
        });
}

}  // namespace tunnelkeyd::net
