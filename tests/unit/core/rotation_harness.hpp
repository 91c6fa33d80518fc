#pragma once

#include "core/rotation.hpp"
#include "settings_fixture.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tunnelkeyd::core::testing {

/// Drives one rotation in virtual time with scripted answers, and keeps what it wanted, saved and said. Each
/// step is held against the rules that hold always: see rotation_harness::check().
class rotation_harness {
public:
    explicit rotation_harness(tunnel settings = example_tunnel());
    rotation_harness(tunnel settings, tunnel_record found, rotation::restart how = rotation::restart::daemon);

    // What is told to the machine. Each answers the action that it asked for last; Catch2 fails where that was
    // another one.
    void begin(reason why = reason::scheduled);
    void pass_preflight();
    void fail_preflight(preflight_failure::check at, std::optional<duration> retry_after = {});
    void permit();
    void save();       ///< the write is on disk
    void fail_save();  ///< it is not
    void mint(const std::string& key, guard_finding guards = {}, const std::string& name = "tunnel1");
    void regenerate_answers(unsigned status, std::optional<duration> retry_after = {});
    void regenerate_times_out();
    void cannot_connect(hindrance of = hindrance::connection);
    void install_answers(unsigned status, std::optional<duration> retry_after = {});
    void install_accepted(const std::string& name = "");
    void install_times_out();
    void install_hindered(hindrance of);  ///< it never left
    void wake();                          ///< lets the time pass until the sleep ends
    void request();
    void resolve(resolution how);  ///< root does
    void reconfigure(tunnel settings, guard_finding guards = {});
    void reload_others(guard_finding guards);
    void abandon() {
        step(event::abandoned{"the tunnel has left the configuration"});
    }  ///< the tunnel has left the configuration

    // Whole stretches of a rotation.
    void to_permit(reason why = reason::scheduled);      ///< from idle to the wait for the permit
    void to_regenerate(reason why = reason::scheduled);  ///< from idle until the request is out
    void to_install(const std::string& key, reason why = reason::scheduled);
    void rotate(const std::string& key, reason why = reason::scheduled);
    void regenerate_again();  ///< from the end of a backoff until the request is out, with a preflight if asked
    void finish(const std::string& key);  ///< the request is out: the rest goes well

    void pass(duration length);
    /// Dies now and starts again from what was saved.
    void crash(duration downtime = duration(0), rotation::restart how = rotation::restart::daemon,
               guard_finding guards = {});

    template <class Action>
    [[nodiscard]] bool wants() const {
        return std::holds_alternative<Action>(action);
    }
    [[nodiscard]] duration sleeps_for() const;
    [[nodiscard]] bool said(std::string_view notice) const { return times_said(notice) > 0; }
    [[nodiscard]] std::size_t times_said(std::string_view notice) const;
    [[nodiscard]] const notice& last_said(std::string_view notice) const;
    [[nodiscard]] const tunnel_record& record() const { return machine->record(); }
    [[nodiscard]] std::string pending() const;  ///< the key not yet installed; "" where there is none

    moment now{start_of_time, steady_time(std::chrono::hours(1000))};
    double chance = 0.5;  ///< for the next backoffs
    std::optional<rotation> machine;
    rotation_action action;
    tunnel_record disk;
    std::vector<history_entry> history;
    std::vector<notice> notices;
    std::vector<std::string> sent;  ///< the keys sent to the instance, in order
    unsigned regenerates = 0;       ///< requests of call 1 sent

private:
    void step(rotation_event event);
    void start(rotation::restart how, const guard_finding& guards);
    void took(rotation_action next);
    void check() const;
    void check_secrecy(const std::string& text) const;

    tunnel settings_;
    std::vector<std::string> keys_;
    std::uint64_t last_generation_sent_ = 0;
};

inline exchange reply(unsigned status, const std::string& body = "",
                      std::string content_type = "application/json") {
    exchange seen;
    seen.reached = reached::reply;
    seen.status = status;
    seen.body = secret(body);
    seen.content_type = std::move(content_type);
    return seen;
}

inline exchange no_reply(reached how_far, bool timed_out = false) {
    exchange seen;
    seen.reached = how_far;
    seen.timed_out = timed_out;
    seen.problem = timed_out ? "timed out" : "connection reset";
    return seen;
}

inline const guard_finding hold_it{guard_finding::kind::hold, "the cloud names another instance: correct it"};

}  // namespace tunnelkeyd::core::testing
