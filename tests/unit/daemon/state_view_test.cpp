#include "daemon/state_view.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

struct set_clock final : ports::clock {
    void on_wall_clock_set(std::function<void(core::duration)>) override {}
    [[nodiscard]] core::moment now() const override { return at; }
    void set_alarm(ports::alarm_time, std::function<void()>) override {}

    core::moment at{core::wall_time(365h), {}};
};

struct no_log final : ports::log {
    void write(std::string_view, const core::notice&) override {}
};

struct fixture {
    core::overview look() {
        std::optional<core::overview> seen;
        view.look({}, [&](core::overview now) { seen = std::move(now); });
        REQUIRE(seen);
        return std::move(*seen);
    }

    boost::asio::io_context loop;
    set_clock clock;
    no_log log;
    core::duration log_waits{};
    daemon::state_view view{loop, clock, log, [this] { return log_waits; }};
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a daemon that starts does not say that all is well, and fails if that takes too long") {
    CHECK(look().not_ready.starts_with("starting"));
    CHECK(core::verdict_on(look()) == core::health::degraded);
    clock.at.wall += 1min;
    CHECK(core::verdict_on(look()) == core::health::degraded);
    clock.at.wall += 1ms;
    CHECK(core::verdict_on(look()) == core::health::failing);
    view.stopping();
    CHECK(look().not_ready == "stopping");
    CHECK(core::verdict_on(look()) == core::health::failing);
}

TEST_CASE_METHOD(fixture, "a log that nobody reads is seen where it still can be") {
    log_waits = 11s;
    const auto seen = look();
    REQUIRE(seen.problems.size() == 2);
    CHECK(seen.problems.back().code == "log_unread");
    log_waits = 0s;
    CHECK(look().problems.size() == 1);
}
