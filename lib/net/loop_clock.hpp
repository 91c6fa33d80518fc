#pragma once

#include "ports/clock.hpp"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::net {

/// The machine's clocks, and an alarm on an event loop. Used from the loop's thread only. Destroyed before the
/// loop; an alarm that is set then never rings.
class loop_clock final : public ports::clock {
public:
    explicit loop_clock(boost::asio::io_context& loop);
    ~loop_clock() override;
    loop_clock(const loop_clock&) = delete;
    loop_clock& operator=(const loop_clock&) = delete;

    [[nodiscard]] core::moment now() const override;
    void set_alarm(ports::alarm_time at, std::function<void()> ring) override;
    void on_wall_clock_set(std::function<void(core::duration by)> told) override;

private:
    struct alarm;
    static void arm(const std::shared_ptr<alarm>& set);

    std::shared_ptr<alarm> alarm_;
};

}  // namespace tunnelkeyd::net
