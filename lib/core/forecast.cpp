#include "core/forecast.hpp"

#include "core/first_record.hpp"
#include "core/rotation_limits.hpp"
#include "core/schedule/due.hpp"

#include <algorithm>
#include <tuple>

namespace tunnelkeyd::core {

namespace {

/// One tunnel's rotations, one after the other.
class course {
public:
    course(const forecast_tunnel& of, std::uint32_t number, std::uint64_t salt, wall_time begin)
        : settings_(*of.settings),
          record_(of.record ? *of.record : first_record(settings_, begin)),
          number_(number),
          salt_(salt),
          begin_(begin) {}

    /// Nothing if it never rotates.
    std::optional<expected_rotation> next() {
        auto found = find();
        if (found)
            succeed(found->at);
        return found;
    }

private:
    [[nodiscard]] std::optional<expected_rotation> find() const {
        if (record_.open)
            return expect(not_before(), forecast_reason::retry);
        if (record_.paused_at)
            return std::nullopt;
        const auto scheduled = on_schedule();
        const auto confirmation = confirmation_at();
        return confirmation && *confirmation < scheduled.at ? expect(*confirmation, forecast_reason::confirm)
                                                            : scheduled;
    }

    [[nodiscard]] expected_rotation expect(wall_time at, forecast_reason why) const {
        return {at, number_, why};
    }

    [[nodiscard]] wall_time not_before() const {
        const auto at_most = longest_wait_after_restart(record_, settings_.retry, begin_);
        return record_.retry_at ? std::clamp(*record_.retry_at, begin_, begin_ + at_most) : begin_;
    }

    [[nodiscard]] expected_rotation on_schedule() const {
        const auto& plan = settings_.schedule;
        const auto due = next_due(plan, record_, salt_, begin_);
        const auto earliest = not_before();
        const bool first = due.why == reason::first;
        if (due.at > earliest)
            return {due.at, number_,
                    first       ? forecast_reason::first
                    : plan.cron ? forecast_reason::cron
                                : forecast_reason::every,
                    due.opens - due.occurrence};
        return expect(may_begin_at(plan, record_.id, due, earliest, salt_),
                      record_.retry_at ? forecast_reason::retry
                      : first          ? forecast_reason::first
                                       : forecast_reason::catch_up);
    }

    [[nodiscard]] std::optional<wall_time> confirmation_at() const {
        if (!record_.confirmation_owed)
            return std::nullopt;
        return std::max(settled_at(), not_before());
    }

    [[nodiscard]] wall_time settled_at() const {
        return record_.last_unanswered_at.value_or(begin_) + settings_.retry.settle;
    }

    void succeed(wall_time at) {
        record_.last_success = at;
        record_.retry_at.reset();
        record_.open.reset();
        if (at >= settled_at())
            record_.confirmation_owed = false;
    }

    const tunnel& settings_;
    tunnel_record record_;
    std::uint32_t number_;
    std::uint64_t salt_;
    wall_time begin_;
};

}  // namespace

std::string_view to_string(forecast_reason why) {
    switch (why) {
    case forecast_reason::cron:
        return "cron";
    case forecast_reason::every:
        return "every";
    case forecast_reason::catch_up:
        return "catch-up";
    case forecast_reason::first:
        return "first";
    case forecast_reason::retry:
        return "retry";
    case forecast_reason::confirm:
        break;
    }
    return "confirm";
}

std::optional<std::vector<expected_rotation>> forecast(std::span<const forecast_tunnel> tunnels,
                                                       std::uint64_t salt, const forecast_range& range,
                                                       std::size_t most) {
    std::vector<expected_rotation> found;
    const auto begin = range.begin();
    std::size_t seen = 0;
    for (std::size_t i = 0; i < tunnels.size(); ++i) {
        course of(tunnels[i], static_cast<std::uint32_t>(i), salt, begin);
        for (auto next = of.next(); next && next->at <= range.end(); next = of.next()) {
            if (++seen > most)
                return std::nullopt;
            if (next->at > range.from || begin == range.from)
                found.push_back(*next);
        }
    }
    std::sort(found.begin(), found.end(), [](const expected_rotation& a, const expected_rotation& b) {
        return std::tie(a.at, a.tunnel) < std::tie(b.at, b.tunnel);
    });
    return found;
}

}  // namespace tunnelkeyd::core
