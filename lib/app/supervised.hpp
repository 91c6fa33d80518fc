#pragma once

#include "app/fair_queue.hpp"
#include "app/fair_slots.hpp"
#include "app/supervisor.hpp"

// Private to supervisor*.cpp.
namespace tunnelkeyd::app {

inline constexpr std::string_view left_configuration = "the tunnel has left the configuration";
inline constexpr std::string_view unreadable_because = "what the journal kept of its settings cannot be read";

struct supervisor::supervised final : rotator {
    /// What its alarm is for.
    enum class wish : std::uint8_t { nothing, begin, preflight, dawdle, permit, wake };

    supervised(std::uint64_t number_, const outside& world, host& owner, core::tunnel_record record,
               std::shared_ptr<const core::tunnel> settings, const core::cloud_settings& cloud)
        : rotator(world, owner, std::move(record), std::move(settings), cloud), number(number_) {}

    [[nodiscard]] std::pair<std::uint64_t, supervised*> key() { return {number, this}; }

    /// In which it waits for its turn: its organization's.
    [[nodiscard]] const std::string& line() const { return state().record().id.organization_id; }

    void note_preflight(std::optional<core::preflight_failure> failure, core::moment now) {
        preflight = core::preflight_report{now.wall, std::move(failure)};
        preflight_ended = now.steady;
    }
    /// The last one failed, and no reload has come since that may have mended it.
    [[nodiscard]] bool still_fails(std::optional<core::steady_time> reloaded_at) const {
        return preflight && preflight->failure && (!reloaded_at || preflight_ended > *reloaded_at);
    }

    const std::uint64_t number;
    std::optional<core::steady_time> alarm;
    std::optional<core::steady_time> rewrite;  ///< when its record is written again, which could not be written
    std::optional<core::wall_time> due;
    std::optional<core::wall_time> checkup;     ///< when the next background preflight is due
    std::optional<core::wall_time> look_again;  ///< when the verdict on it changes by itself
    wish wants = wish::nothing;
    std::uint64_t last_turn =
        0;  ///< when it last began: the number of that turn, counted over all tunnels; 0: not yet
    std::uint64_t ticket = 0;      ///< its place in a queue of permits
    bool configured = true;        ///< false: it is finished, and then nothing more is done
    bool taken_up = false;         ///< resumed: work on it goes on
    std::string orphaned_because;  ///< "": it is not; see supervisor::adopt_or_orphan()
    std::uint64_t seen = 0;        ///< the last configuration that had it, counted from the first
    std::uint64_t changed = 0;     ///< the last one that had it with other settings than the one before
    bool requested = false;        ///< a person asked, and it has not begun yet
    bool requested_next = false;   ///< a person asked while the end of the last rotation was being written
    bool unwritten = false;        ///< a reload changed its record while that was being written
    bool overtaken = false;        ///< by a reload: what it has sent may be answered for what is no longer so
    bool queued = false;           ///< stands in the queue of those that may begin
    bool waits_for_check = false;  ///< stands in the queue of background preflights
    bool has_slot = false;         ///< holds one of queues::preflights
    bool dawdles = false;          ///< holds one of queues::dawdlers
    bool awaits_permit = false;    ///< stands in a queue of permits
    bool api_key_failed = false;   ///< its last failure was its organization's API key
    bool untried = false;          ///< counts in untried_
    bool tried = false;            ///< with --once: it had its turn
    bool failed = false;           ///< with --once: and that came to nothing

    struct wanted_end {
        core::resolution how;
        std::string by;
        std::uint64_t number;  ///< of the key that was stored then; 0: none was
    };
    std::optional<wanted_end> resolving;  ///< by a person, once what is under way has been answered
    std::vector<std::function<void(const std::string&)>> hear_of_write;  ///< of the record, as it is now

    std::optional<core::wall_time> overdue_since;     ///< when it was first found due, and might begin
    std::optional<core::preflight_report> preflight;  ///< the last one, in a rotation or in the background
    core::steady_time preflight_ended{};              ///< its end
    std::unique_ptr<preflight_run> check;             ///< in the background, under way
    std::shared_ptr<const core::tunnel> check_of;     ///< the settings that it looks at
    std::uint64_t check_in = 0;                       ///< which configuration counted when it began
    std::uint64_t check_ticket = 0;                   ///< its place in the queue of background preflights
    std::array<std::uint64_t, core::outcome_count> ended{};
    std::vector<std::pair<std::string_view, core::health>> reported;  ///< problems that were logged, by code
};

struct supervisor::queues {
    /// Turns are taken: whoever began longest ago goes first; but somebody waits for what a person asked for.
    struct longer_idle {
        bool operator()(const supervised* a, const supervised* b) const {
            return std::tuple(!a->requested, a->last_turn, a->number) <
                   std::tuple(!b->requested, b->last_turn, b->number);
        }
    };
    struct waits_longer {
        bool operator()(const supervised* a, const supervised* b) const { return a->ticket < b->ticket; }
    };
    struct waits_longer_for_check {
        bool operator()(const supervised* a, const supervised* b) const {
            return a->check_ticket < b->check_ticket;
        }
    };

    // Rotations between "begin" and their permit, to bound sockets and memory. One whose preflight takes longer
    // than usual counts apart, so that dead instances, each waiting for its timeout, do not stop the others.
    fair_slots preflights{256};
    fair_slots dawdlers{1024};

    deadline_queue<core::steady_time, supervised, &supervised::alarm> alarms;
    deadline_queue<core::steady_time, supervised, &supervised::rewrite> rewrites;
    deadline_queue<core::wall_time, supervised, &supervised::due> schedule;
    deadline_queue<core::wall_time, supervised, &supervised::checkup> checkups;
    deadline_queue<core::wall_time, supervised, &supervised::look_again> health;
    fair_queue<supervised, waits_longer_for_check> waiting_checkups;
    fair_queue<supervised, longer_idle> may_begin;
    struct {
        fair_queue<supervised, waits_longer> urgent;
        fair_queue<supervised, waits_longer> calm;
    } permits;

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
