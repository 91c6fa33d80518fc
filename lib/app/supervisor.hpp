#pragma once

#include "app/deadline_queue.hpp"
#include "app/organization_desk.hpp"
#include "app/outside.hpp"
#include "app/rotator.hpp"
#include "core/schedule.hpp"
#include "ports/journal_contents.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tunnelkeyd::app {

/// What `run --once` came to.
struct once_result {
    unsigned rotated = 0;
    unsigned failed = 0;  ///< refused, failed preflight, or not tried since it backs off
    unsigned held = 0;
    unsigned orphaned = 0;    ///< left the configuration, and their instance is another tunnel's now
    unsigned unfinished = 0;  ///< the key gap is still open, or it did not come to its turn
    unsigned confirmations_owed = 0;
};

/// Runs all tunnels: decides which rotation begins when, and who talks to the cloud next. One tunnel's trouble
/// never delays another's, but for what an organization shares (see core::organization_gate).
///
/// Loop's thread only. Ports call it back from the loop only: destroy it when the loop has
/// stopped, or when the ports are gone.
class supervisor final : private rotator::host {
public:
    supervisor(const outside& world, std::shared_ptr<const core::config> config,
               ports::journal_contents journal);
    ~supervisor() override;
    supervisor(const supervisor&) = delete;
    supervisor& operator=(const supervisor&) = delete;

    /// The daemon: goes on until drain().
    void start();

    /// Every tunnel that is due or whose confirmation is, or each of `names`, due or not, is tried once; open
    /// gaps are worked on until closed. `quiet` is called once, when nothing is left to do or to wait for
    /// before `deadline`.
    void start_once(const std::vector<std::string>& names, core::steady_time deadline,
                    std::function<void()> quiet);
    [[nodiscard]] once_result result() const;

    /// No rotation begins any more. `quiet` is called once, when none is under way that could end before
    /// `deadline`; perhaps from inside this call.
    void drain(core::steady_time deadline, std::function<void()> quiet);

    /// The names of the tunnels whose key gap is open now.
    [[nodiscard]] std::vector<std::string> open_gaps() const;

private:
    struct supervised;

    // rotator::host
    void sleep(rotator& who, core::steady_time until) override;
    void want_preflight(rotator& who) override;
    void want_permit(rotator& who) override;
    void regenerate_answered(rotator& who, const core::regenerate_verdict& verdict) override;
    void preflight_failed(rotator& who, const core::preflight_failure& failure) override;
    organization_desk& desk_of(const core::tunnel& tunnel) override;
    core::guard_finding guards_of(const core::tunnel& tunnel, std::string_view on_premise_url) override;
    void stepped(rotator& who) override;

    // supervisor.cpp: taking up, time
    supervised& add(core::tunnel_record record, std::shared_ptr<const core::tunnel> settings);
    void add_leftover(ports::leftover left);
    void take_up(core::rotation::restart how);
    void go();
    void ring();
    void set_alarm();
    void log_plan(const supervised& tunnel, core::log_level level) const;
    void log(core::log_level level, std::string_view name, std::string message) const;

    // supervisor_end.cpp
    [[nodiscard]] bool is_under_way(supervised& tunnel) const;
    void tell_if_quiet();

    // supervisor_turns.cpp: who is next
    void plan(supervised& tunnel);
    [[nodiscard]] std::optional<core::reason> reason_to_begin(const supervised& tunnel, core::moment now) const;
    void wait_for_next(supervised& tunnel);
    void skip(supervised& tunnel, core::duration wait);
    void had_its_turn(supervised& tunnel);
    void pump();
    void give_permits();
    void begin_rotations();
    void release(supervised& tunnel);
    void dawdle(supervised& tunnel);
    void end_preflighting(supervised& tunnel);
    void reopened(const std::string& organization_id);
    void outage_over(const std::string& organization_id);
    [[nodiscard]] core::urgency urgency_of(const supervised& tunnel) const;
    [[nodiscard]] core::steady_time opens_at(const supervised& tunnel, core::moment now);

    outside world_;
    std::shared_ptr<const core::config> config_;
    std::uint64_t salt_;
    core::wall_time started_at_;
    bool once_ = false;
    bool draining_ = false;
    core::steady_time deadline_{};
    std::function<void()> quiet_;

    std::map<std::string, organization_desk> desks_;            // by organization id
    std::unordered_map<std::string, supervised*> by_instance_;  // configured tunnels by instance URL
    std::vector<std::unique_ptr<supervised>> tunnels_;
    std::set<std::pair<std::uint64_t, supervised*>> working_;  // whoever is not idle, by number
    std::set<std::pair<std::uint64_t, supervised*>> blocked_;  // by an outage of their organization

    struct queues;
    std::unique_ptr<queues> queues_;
    bool pumping_ = false;
    unsigned orphans_ = 0;
    std::uint64_t turns_ = 0;    // rotations begun
    unsigned in_flight_ = 0;     // regenerate permits given out
    unsigned preflighting_ = 0;  // rotations between "begin" and their permit
    unsigned dawdling_ = 0;      // those of them whose preflight takes long, counted apart
    unsigned untried_ = 0;       // with --once: tunnels whose turn is still to come
    std::optional<core::steady_time> armed_for_;
};

}  // namespace tunnelkeyd::app
