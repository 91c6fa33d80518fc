#pragma once

#include "app/supervisor.hpp"

// Private to supervisor*.cpp.
namespace tunnelkeyd::app {

struct supervisor::supervised final : rotator {
    /// What its alarm is for.
    enum class wish : std::uint8_t { nothing, begin, preflight, dawdle, permit, wake };

    supervised(std::uint64_t number_, const outside& world, host& owner, core::tunnel_record record,
               std::shared_ptr<const core::tunnel> settings, const core::cloud_settings& cloud)
        : rotator(world, owner, std::move(record), std::move(settings), cloud), number(number_) {}

    [[nodiscard]] std::pair<std::uint64_t, supervised*> key() { return {number, this}; }

    const std::uint64_t number;
    std::optional<core::steady_time> alarm;
    std::optional<core::wall_time> due;
    wish wants = wish::nothing;
    std::uint64_t last_turn =
        0;  ///< when it last began: the number of that turn, counted over all tunnels; 0: not yet
    bool configured = true;       ///< false: it is finished, and then forgotten
    bool requested = false;       ///< a person asked, and it has not begun yet
    bool queued = false;          ///< stands in the queue of those that may begin
    bool has_slot = false;        ///< counts in preflighting_
    bool dawdles = false;         ///< counts in dawdling_
    bool has_permit = false;      ///< counts in in_flight_
    bool api_key_failed = false;  ///< its last failure was its organization's API key
    bool untried = false;         ///< counts in untried_
    bool tried = false;           ///< with --once: it had its turn
    bool failed = false;          ///< with --once: and that came to nothing
};

struct supervisor::queues {
    /// Turns are taken: whoever began longest ago goes first.
    struct longer_idle {
        bool operator()(const supervised* a, const supervised* b) const {
            return std::pair(a->last_turn, a->number) < std::pair(b->last_turn, b->number);
        }
    };

    deadline_queue<core::steady_time, supervised, &supervised::alarm> alarms;
    deadline_queue<core::wall_time, supervised, &supervised::due> schedule;
    std::set<supervised*, longer_idle> may_begin;
    std::deque<supervised*> urgent_permits;  // open gaps go ahead of calm work
    std::deque<supervised*> calm_permits;

    void park(supervised& tunnel, supervised::wish wants, core::steady_time until) {
        tunnel.wants = wants;
        alarms.set(tunnel, until);
    }

    void unpark(supervised& tunnel) {
        tunnel.wants = supervised::wish::nothing;
        alarms.clear(tunnel);
    }
};

}  // namespace tunnelkeyd::app
