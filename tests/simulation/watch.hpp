#pragma once

#include "core/request_bucket.hpp"
#include "simulation/site.hpp"
#include "simulation/trace.hpp"
#include "support/fake_world.hpp"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace tunnelkeyd::simulation {

/// Knows the truth, and the rules. Watches each request, reply and write for what breaks an invariant of the
/// design, and looks at all tunnels from time to time for what does not happen though it should.
///
/// The first thing that is broken is kept; what follows from it is of no interest.
class watch {
public:
    watch(tests::fake_world& world, trace& log);
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;

    void add(const site& tunnel);

    /// Why a tunnel may be out of step without the daemon knowing.
    enum class excuse_for : std::uint8_t {
        never_rotated,    ///< its instance was another tunnel's: until its first rotation
        restored_backup,  ///< the daemon lost what it knew: until a rotation long after
    };
    void excuse(const site& tunnel, excuse_for why);

    // What people ask of the running daemon.
    void asked_for_rotation(const site& tunnel);
    void paused_or_resumed(const site& tunnel);
    void gave_up_key(const site& tunnel);
    /// The daemon has done for one key what was asked for another.
    void took_another_number(const site& tunnel);

    // What happens to the world.
    void started();
    /// About to be.
    void killed();
    void before_reload();
    /// What is on disk now is lost: who is out of step then, nobody knows.
    void before_restore();
    [[nodiscard]] bool has_excused() const;
    void forget_excuses();
    void trouble_everywhere();
    /// About to be set.
    void clock_steps();
    /// The cloud answers 429, though nobody but the daemon asks it anything.
    void too_many_requests(const std::string& organization_id);
    /// For the trace. `hostname`: "" if it concerns everybody.
    void happens(const std::string& hostname, const std::string& what);

    /// Looks at every tunnel: is it as it should be by now?
    void look_around();
    /// Faults have stopped, long enough ago for each gap to be closed; `settled`: for late effects to be
    /// healed, too.
    void look_at_the_end(bool settled);

    /// "": nothing.
    [[nodiscard]] const std::string& broken() const noexcept { return broken_; }
    /// Of the tunnel concerned; "": of none in particular.
    [[nodiscard]] const std::string& broken_at() const noexcept { return broken_at_; }
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }
    [[nodiscard]] unsigned most_in_an_hour() const noexcept { return most_in_an_hour_; }

private:
    /// A regenerate that times out at its longest, its preflight, or the wait for its permit.
    static constexpr core::duration an_attempt = std::chrono::minutes(6);
    static constexpr unsigned rejections_until_replaced = 5;

    struct seen {
        const site* tunnel = nullptr;
        const tests::fake_cloud::tunnel* at_cloud = nullptr;
        const tests::fake_instances::product* at_instance = nullptr;
        const core::tunnel_record* on_disk = nullptr;  // null: not looked up since the start
        core::steady_time asked_for_status{};          // the beginning of a preflight
        core::steady_time status_good{};
        core::steady_time login_good{};
        std::optional<core::steady_time> login_refused;  // and nothing has changed since
        bool may_log_in = false;                         // once more all the same: after a start
        std::deque<core::steady_time> refusals;          // of logins, within the last hour
        core::steady_time active{};                      // the latest thing that was sent, heard or written
        bool slow = false;                               // what it heard last asks for the slow backoff
        core::steady_time sent_unanswered{};             // like `unanswered`, but no start counts
        core::steady_time unanswered{};                  // the latest request that may still take effect
        core::steady_time troubled{};                    // the latest thing that stood in its way
        core::steady_time told_to_wait{};                // until then, by Retry-After
        std::string key;                                 // the one that the daemon may install; "": none
        std::string given_up;                            // a person has this key replaced
        std::optional<core::steady_time> asked;          // a person did, for a rotation
        std::deque<core::steady_time> regenerates;       // of the last hour
        std::deque<core::steady_time> installs;          // likewise
        unsigned rejections = 0;                         // of `key`
        core::wall_time fires{};                         // the occurrence of the rotation under way
        core::wall_time fired{};                         // the last that was done
        core::steady_time replaced_at{};                 // a key that its instance rejected
        std::optional<excuse_for> excused;
        core::steady_time excused_at{};
    };
    struct organization_seen {
        core::steady_time asked{};  // anything of the cloud
        core::steady_time key_good{};
        core::steady_time troubled{};
        core::steady_time told_to_wait{};
        core::steady_time paused_since{};
        core::steady_time paused_until{};
        unsigned regenerating = 0;  // requests under way
        std::string unknown_of;     // whose regenerate was the latest, if that ended unknown
        core::steady_time unknown_since{};
        core::steady_time unknown_until{};           // the last time
        core::steady_time gap_answered{};            // a regenerate that another one before had left unknown
        std::optional<core::steady_time> refused;    // the API key, and nothing has changed since
        std::optional<core::request_bucket> bucket;  // as the daemon counts; nothing: as it started
    };

    // watch_requests.cpp: what is sent
    void sending(const std::string& target, tests::call what);
    void regenerate_leaves(const core::identity& id);
    void begins(seen& tunnel, const core::tunnel_record& record);
    void install_leaves(const core::instance& at, const core::secret& key);
    void logs_in(seen& tunnel, bool gap_open);
    void goes_on(const seen& tunnel, const core::tunnel_record& record);

    // watch_turns.cpp: what one organization may wait for because of another
    void goes_in_turn(const seen& tunnel, const seen& place);
    void spends_request(organization_seen& organization);
    [[nodiscard]] core::request_bucket& bucket_of(organization_seen& organization) const;
    [[nodiscard]] bool all_permits_taken() const;
    [[nodiscard]] bool all_are_sending() const;
    [[nodiscard]] core::duration longest_line(const std::string& organization_id) const;

    // watch_replies.cpp: what is heard, and written
    void heard(const std::string& target, tests::call what, const core::exchange& seen);
    void heard_regenerate(seen& tunnel, const core::exchange& exchange);
    void heard_whoami(seen& tunnel, const core::exchange& exchange);
    void heard_cloud(const std::string& organization_id, const core::exchange& exchange);
    void kept(const core::tunnel_record& record);

    // watch_rounds.cpp: what stays as it is
    void look_at(seen& tunnel);
    void look_at_held(const seen& tunnel, const core::tunnel_record& record);
    void look_at_open(const seen& tunnel, const core::tunnel_record& record);
    void look_at_idle(const seen& tunnel, const core::tunnel_record& record);
    void is_time(const seen& tunnel, const core::tunnel_record& record);
    [[nodiscard]] static core::wall_time occurrence_of(const seen& tunnel, const core::tunnel_record& record);
    [[nodiscard]] bool is_clock_doubtful() const;
    [[nodiscard]] bool waits_by_another_clock(const core::tunnel_record& record) const;
    [[nodiscard]] bool is_orphan(const seen& tunnel, const core::tunnel_record& record) const;
    [[nodiscard]] bool is_late(const seen& tunnel, const core::tunnel_record& record);
    [[nodiscard]] bool can_work(const seen& tunnel) const;
    [[nodiscard]] bool has_good_api_key(const std::string& organization_id) const;
    [[nodiscard]] bool is_in_outage(const std::string& organization_id);
    [[nodiscard]] core::duration turns_of(const organization_seen& organization) const;
    [[nodiscard]] bool has_open_gap(const std::string& organization_id);
    [[nodiscard]] const core::tunnel_record* on_disk(seen& tunnel);
    /// When the last thing stood in its way, and it was not told to wait any more.
    [[nodiscard]] core::steady_time free_since(const seen& tunnel, core::duration longest_wait);
    [[nodiscard]] seen& at(const std::string& hostname) { return *by_hostname_.at(hostname); }
    /// Counts one more, and says so if there were too many of them within an hour.
    void count(std::deque<core::steady_time>& times, std::size_t too_many, const seen& of, const char* what);
    void breaks(const seen& tunnel, std::string what);
    void breaks(const std::string& hostname, std::string what);
    void digest(std::uint64_t number);

    tests::fake_world& world_;
    trace& trace_;
    std::deque<seen> seen_;  // in the order of sites
    std::unordered_map<std::string, seen*> by_hostname_;
    std::unordered_map<std::string, organization_seen> organizations_;  // by id
    core::steady_time reloaded_{};
    bool unheard_reload_ = false;   // it came while the daemon was ending
    core::steady_time troubled_{};  // everybody
    core::steady_time stepped_{};   // the clock
    core::steady_time started_{};   // the daemon, the last time and the one before
    core::steady_time started_before_{};
    core::steady_time no_permit_{};  // the last time that all were taken
    core::steady_time all_sent_{};   // that every permit had a request under way
    std::string broken_;
    std::string broken_at_;
    std::uint64_t digest_ = 0xcbf29ce484222325ULL;
    unsigned most_in_an_hour_ = 0;
};

}  // namespace tunnelkeyd::simulation
