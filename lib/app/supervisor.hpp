#pragma once

#include "app/certificate_watch.hpp"
#include "app/deadline_queue.hpp"
#include "app/organization_desk.hpp"
#include "app/outside.hpp"
#include "app/rotator.hpp"
#include "app/sums.hpp"
#include "core/overview.hpp"
#include "core/requests.hpp"
#include "core/schedule/due.hpp"
#include "ports/journal_contents.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tunnelkeyd::app {

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

    /// Another configuration counts from now on. Unchanged tunnels keep their timers; a removed one whose key
    /// gap is open is finished first. A tunnel that waits for a person (its credentials were refused, say) is
    /// tried at once. `records` are the journal's of tunnels that the last configuration did not have.
    core::config_changes apply(std::shared_ptr<const core::config> config,
                               std::vector<core::tunnel_record> records);

    // What a person asks for (core/requests.hpp); `by`: who, for log and history.
    core::result_of<core::rotate_report> rotate(const std::string& name, const std::string& by);
    template <class T>
    using answer = std::function<void(core::result_of<T>)>;
    /// Answers when it is on disk; perhaps from inside this call.
    void pause(const std::string& name, bool pause, const std::string& by, answer<core::pause_report> done);
    /// Shows a stored key. Answers when the history has it, or cannot be written.
    void reveal(const std::string& name, const std::string& by, answer<core::revealed_key> done);
    /// `number`: only if that is still the stored key's.
    core::result_of<core::resolve_report> resolve(const std::string& name, core::resolution how,
                                                  std::optional<std::uint64_t> number, const std::string& by);
    /// What an examination of it goes by.
    [[nodiscard]] core::result_of<std::shared_ptr<const core::tunnel>>
    settings_of(const std::string& name) const;
    /// A person had it examined. One that passes lets a rotation go ahead that waited for just that.
    void examined(const core::tunnel& settings, const core::examination& found);
    /// Every open key gap.
    [[nodiscard]] std::vector<core::pending_report> pending() const;

    /// No rotation begins any more. `quiet` is called once, when none is under way that could end before
    /// `deadline`; perhaps from inside this call.
    void drain(core::steady_time deadline, std::function<void()> quiet);

    [[nodiscard]] bool is_draining() const noexcept { return draining_; }

    /// The names of the tunnels whose key gap is open now.
    [[nodiscard]] std::vector<std::string> open_gaps() const;

    /// The cloud was asked something for a person: that counts against the organization's requests per minute.
    void asked_cloud(const std::string& organization_id);

    /// Sets `organizations`, `tunnels`, `well` and the cloud's certificate, and adds to `problems`. Costs next
    /// to nothing for each tunnel that is left out.
    void describe(core::overview& into, const core::extent& extent) const;
    [[nodiscard]] summary summarize() const;

    [[nodiscard]] const std::shared_ptr<const core::config>& config() const noexcept { return config_; }

private:
    struct supervised;
    struct change;
    struct differences;
    using arrivals = std::multimap<std::string, std::pair<const supervised*, core::steady_time>>;

    // rotator::host
    void sleep(rotator& who, core::steady_time until) override;
    void want_preflight(rotator& who) override;
    void want_permit(rotator& who) override;
    void regenerate_answered(rotator& who, const core::regenerate_verdict& verdict) override;
    void preflighted(rotator& who, const std::optional<core::preflight_failure>& failure) override;
    void rotation_ended(rotator& who, const core::history_entry& entry) override;
    organization_desk& desk_of(const core::tunnel& tunnel) override;
    core::guard_finding guards_of(const core::tunnel& tunnel, std::string_view on_premise_url) override;
    void stepped(rotator& who) override;

    // supervisor.cpp: taking up, time
    supervised& add(core::tunnel_record record, std::shared_ptr<const core::tunnel> settings);
    supervised& add_configured(const core::tunnel& tunnel, std::optional<core::tunnel_record> known);
    void take_up(supervised& tunnel);
    void set_out(supervised& tunnel);
    void go();
    void ring();
    void set_alarm();
    void turn_ended();
    void log(core::log_level level, std::string_view name, std::string message) const;
    [[nodiscard]] std::optional<std::string> owner_of(const core::base_url& url,
                                                      const core::identity& not_of) const;

    // supervisor_reload.cpp: another configuration
    differences compare(std::vector<core::tunnel_record> records);
    void leave(supervised& tunnel);
    void changed(const change& what);
    void stop_waiting_for_people();
    void try_again(supervised& tunnel);
    [[nodiscard]] static bool is_refused_for_what_was(supervised& tunnel);
    [[nodiscard]] static bool waits_for_person(const supervised& tunnel);

    // supervisor_requests.cpp: rotate and pause
    [[nodiscard]] core::result_of<supervised*> configured_or_open(const std::string& name) const;
    void hurry(supervised& tunnel);
    [[nodiscard]] static bool waits_to_send(const supervised& tunnel);
    void stop_waiting(supervised& tunnel);
    void keep_from_beginning(supervised& tunnel);

    // supervisor_by_hand.cpp: reveal and resolve
    struct gap;
    [[nodiscard]] core::result_of<gap> open_gap(const std::string& name);
    [[nodiscard]] core::pending_report report_of(const supervised& tunnel) const;
    void resolve_now(supervised& tunnel, core::resolution how, const std::string& by);
    bool resolve_what_waited(supervised& tunnel);
    void forget_unreadable(const core::identity& id, const std::string& by);
    void note_by_hand(const core::tunnel_record& record, core::outcome what, const std::string& by,
                      std::function<void()> done);

    // supervisor_arrivals.cpp: keys that are on their way to an instance that is another tunnel's now
    void look_for_arrivals();
    [[nodiscard]] arrivals find_installs_under_way() const;
    void disturb(supervised& tunnel, const arrivals& may_arrive);
    void write_down(supervised& tunnel);
    void write_end_of_wait(supervised& tunnel);

    // supervisor_leftovers.cpp: tunnels that left the configuration with something left to do
    void add_leftover(ports::leftover left);
    void adopt_or_orphan(supervised& tunnel);
    [[nodiscard]] static bool is_orphan(const supervised& tunnel);
    void log_orphan(const std::string& name, std::string_view because) const;
    void forget_outage(const supervised& tunnel);
    void note_outage(const supervised& tunnel);
    void look_at_bystanders();
    void go_on(supervised& tunnel);

    // supervisor_end.cpp
    [[nodiscard]] bool is_under_way(supervised& tunnel) const;
    void tell_if_quiet();

    // supervisor_plan.cpp: when an idle tunnel begins
    void plan(supervised& tunnel);
    [[nodiscard]] std::optional<core::reason>
    reason_to_begin(const supervised& tunnel, const core::due_time& due, core::moment now) const;
    [[nodiscard]] core::due_time next_due(const supervised& tunnel) const;
    [[nodiscard]] core::wall_time may_begin_at(const supervised& tunnel, const core::due_time& due,
                                               core::wall_time now) const;
    [[nodiscard]] std::string_view why_abandoned(const supervised& tunnel, core::wall_time now) const;
    [[nodiscard]] static bool is_shut_out(const supervised& tunnel, core::wall_time now);
    [[nodiscard]] bool is_forgotten(const supervised& tunnel) const;
    [[nodiscard]] core::urgency urgency_of(const supervised& tunnel) const;
    [[nodiscard]] core::steady_time opens_at(const supervised& tunnel, core::moment now);
    void note_overdue(supervised& tunnel, core::wall_time due, core::wall_time now);
    void wait_for_next(supervised& tunnel, const core::due_time& due, core::wall_time now);
    void log_plan(const supervised& tunnel, core::log_level level) const;
    void clock_set(core::duration by);
    void skip(supervised& tunnel, core::duration wait);
    void had_its_turn(supervised& tunnel);

    // supervisor_turns.cpp: who is next
    void pump();
    void give_permits();
    supervised* next_for_permit(core::moment now);
    void begin_rotations();
    void unqueue(supervised& tunnel);
    void release(supervised& tunnel);
    void dawdle(supervised& tunnel);
    void end_preflighting(supervised& tunnel);
    void reopened(const std::string& organization_id);
    void outage_over(const std::string& organization_id);

    // supervisor_rate_limit.cpp: who may send as far as the organization's requests per minute go
    [[nodiscard]] bool may_send(supervised& tunnel, core::moment now);
    [[nodiscard]] bool may_prepare(supervised& tunnel, core::moment now);
    [[nodiscard]] std::size_t waiting_in(const std::string& organization_id) const;
    void note_limited();
    void log_limit(const std::string& organization_id, std::string_view name, std::string message) const;
    [[nodiscard]] std::size_t limited_in(const core::organization& organization) const;

    // supervisor_checkups.cpp: background preflights
    void plan_checkup(supervised& tunnel, std::optional<core::wall_time> at = std::nullopt);
    void begin_checkup(supervised& tunnel);
    void checked(supervised& tunnel, std::optional<core::preflight_failure> failure);
    [[nodiscard]] core::steady_time may_log_in_at(const supervised& tunnel, core::moment now) const;
    void check_passed(supervised& tunnel);
    void next_checkup();

    // supervisor_certificates.cpp: when client certificates end
    std::vector<std::string> watch_certificates();
    void look_at_users_of(const std::vector<std::string>& files);
    void look_at_certificates();
    void look_at_certificates_of(const core::tunnel& tunnel);
    [[nodiscard]] const core::certificate* certificate_of(const supervised& tunnel) const;
    [[nodiscard]] const core::certificate* certificate_for_cloud() const;

    // supervisor_health.cpp: verdicts, and what endpoints show
    [[nodiscard]] core::tunnel_facts facts_of(const supervised& tunnel) const;
    void look_at_health(supervised& tunnel);
    void look_at_organizations();
    void look_at_organization(const std::string& id);
    void look_at(const core::organization& organization);
    void look_if_rate_limited(const supervised& tunnel);
    [[nodiscard]] std::vector<core::problem> problems_of(const core::organization& organization,
                                                         core::moment now) const;
    [[nodiscard]] core::problem problem_of_unreadable(const core::tunnel_record& record) const;
    [[nodiscard]] bool is_gone(const supervised& tunnel) const;
    [[nodiscard]] core::tunnel_overview describe(const supervised& tunnel,
                                                 std::vector<core::problem> problems) const;
    void report(std::string_view tunnel, const std::vector<core::problem>& problems,
                std::vector<std::pair<std::string_view, core::health>>& reported,
                const std::string& organization = {}) const;

    outside world_;
    std::shared_ptr<const core::config> config_;
    core::cloud_settings cloud_;  // config_'s, at one place for as long as this lives
    std::uint64_t salt_;
    core::wall_time started_at_;
    std::vector<core::stray_install> strays_;  // of tunnels that had left before the start
    core::rotation::restart restart_ = core::rotation::restart::daemon;
    bool started_ = false;
    bool once_ = false;
    bool draining_ = false;
    core::steady_time deadline_{};
    std::function<void()> quiet_;

    std::map<std::string, organization_desk> desks_;            // by organization id
    std::unordered_map<std::string, supervised*> by_instance_;  // configured tunnels by instance URL
    // Every tunnel that was configured or left unfinished since the start, so that what is on disk of them
    // never has to be asked for again, and is never older than what is here.
    std::vector<std::unique_ptr<supervised>> tunnels_;
    std::unordered_map<core::identity, supervised*, core::identity_hash> by_id_;
    std::vector<supervised*> configured_;                       // in the configuration's order
    std::map<core::identity, core::tunnel_record> unreadable_;  // orphans whose settings are lost
    std::set<std::pair<std::uint64_t, supervised*>> working_;   // whoever is not idle, by number
    std::set<std::pair<std::uint64_t, supervised*>> blocked_;   // by an outage of their organization
    std::vector<supervised*> in_flight_;                        // whoever has a permit to regenerate

    struct queues;
    std::unique_ptr<queues> queues_;
    bool pumping_ = false;
    bool reloading_ = false;
    std::uint64_t configurations_ = 1;  // so far
    std::optional<core::steady_time> reloaded_at_;
    std::uint64_t turns_ = 0;    // rotations begun
    std::uint64_t tickets_ = 0;  // permits and background preflights asked for
    std::optional<core::steady_time>
        tokens_at_;                       // when the next of those may send that wait for the rate limit
    std::set<std::string> limited_;       // organizations in which somebody waits for it now
    std::set<std::string> limit_logged_;  // those of which the log says so
    unsigned untried_ = 0;                // with --once: tunnels whose turn is still to come
    unsigned checking_ = 0;               // background preflights under way
    std::size_t degraded_ = 0;            // tunnels, by what was last reported
    std::size_t failing_ = 0;
    std::map<std::string, std::vector<std::pair<std::string_view, core::health>>> organizations_reported_;
    std::vector<std::pair<std::string_view, core::health>> cloud_reported_;
    std::optional<core::wall_time> look_at_organizations_again_;  ///< when time alone changes a verdict
    ports::alarm_time armed_for_;

    certificate_watch certificates_;
    std::unordered_map<std::string, std::vector<supervised*>> certificate_users_;  // by file
};

}  // namespace tunnelkeyd::app
