#pragma once

#include "app/supervisor.hpp"
#include "support/fake_certificates.hpp"
#include "support/fake_journal.hpp"
#include "support/fake_log.hpp"
#include "support/fake_loop.hpp"
#include "support/fake_metrics.hpp"
#include "support/fake_peers.hpp"
#include "support/fake_random.hpp"
#include "support/fake_secrets.hpp"
#include "support/fake_wire.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tunnelkeyd::tests {

/// Everything around lib/app, in virtual time, and the supervisor in it. Watches the invariants of every
/// rotation as it goes: whatever was broken stands in broken(). Single-threaded.
///
/// Describe it with add_tunnel() and by changing `draft`, then start(); after a crash() the draft counts anew.
class fake_world {
public:
    static constexpr std::uint64_t salt = 42;  // of its store

    explicit fake_world(std::uint64_t seed = 1);
    ~fake_world();
    fake_world(const fake_world&) = delete;
    fake_world& operator=(const fake_world&) = delete;

    /// A tunnel in step: hostname "NAME-host", instance https://NAME.example, secrets "NAME-pat" and
    /// "ORGANIZATION-api-key". Valid until the next one is added. Every 30 days, no jitter.
    core::tunnel& add_tunnel(const std::string& name, const std::string& organization = "acme");
    /// PREFIX0, PREFIX1, ..., due at once.
    void add_due_tunnels(const std::string& prefix, const std::string& organization, unsigned count);
    core::tunnel& tunnel(const std::string& name);
    /// The configuration has no such tunnel any more; its peers live on.
    void remove_tunnel(const std::string& name);

    void start();
    void start_once(const std::vector<std::string>& names = {},
                    core::duration max_wait = std::chrono::hours(1));
    void drain(core::duration within = std::chrono::seconds(25));
    /// The draft, as it is now, counts from now on.
    core::config_changes reload();
    /// SIGKILL: the supervisor is gone, and nothing is delivered to it any more.
    void kill();
    /// SIGKILL, and another daemon starts from what was synced.
    void crash();
    void run_for(core::duration length) { loop.run_for(length); }
    /// Until the daemon is quiet after start_once() or drain(); false if it is not within `limit`.
    bool run_until_quiet(core::duration limit = std::chrono::hours(2));

    [[nodiscard]] app::supervisor& supervisor() { return *supervisor_; }
    /// Started, and not killed since.
    [[nodiscard]] bool is_running() const noexcept { return supervisor_ != nullptr; }
    [[nodiscard]] unsigned quiet() const noexcept { return quiet_; }

    [[nodiscard]] core::identity id_of(const std::string& name) const;
    /// What is on disk of it.
    [[nodiscard]] const core::tunnel_record& record(const std::string& name) const;
    [[nodiscard]] const std::vector<core::history_entry>& history(const std::string& name);
    /// How many of its rotations ended with a key installed.
    [[nodiscard]] unsigned rotated(const std::string& name);
    /// How many of PREFIX0, PREFIX1, ... have rotated at all.
    [[nodiscard]] unsigned rotated(const std::string& prefix, unsigned count);
    [[nodiscard]] fake_cloud::tunnel& at_cloud(const std::string& name) {
        return cloud.tunnels.at(id_of(name));
    }
    [[nodiscard]] fake_instances::product& at_instance(const std::string& name);
    /// Does the instance hold the cloud's current key?
    [[nodiscard]] bool in_step(const std::string& name);
    [[nodiscard]] bool all_in_step();
    /// The same, for wherever the tunnel is configured to be now.
    [[nodiscard]] bool in_step(const core::tunnel& configured);
    /// Everything that the supervisor shows now.
    [[nodiscard]] core::overview overview(const core::extent& extent = {}) const;
    /// What it shows of one tunnel, by name; null if nothing.
    [[nodiscard]] std::shared_ptr<const core::tunnel_overview> shown(const std::string& name) const;
    /// Until `reached`; false if that is not so within `limit`.
    bool run_until(const std::function<bool()>& reached, core::duration limit = std::chrono::hours(2));
    /// The product answers at this URL too, as one that was moved does.
    core::base_url also_at(const std::string& name, const std::string& url);

    /// Sentences about invariants that did not hold.
    [[nodiscard]] std::vector<std::string> broken() const;

    core::config draft;                 ///< `organizations` are filled in from its tunnels
    bool snapshots_unreadable = false;  ///< what leftovers were configured as is lost
    bool unsealable = false;            ///< pending keys cannot be unsealed at the next start
    bool record_calls = false;
    std::vector<std::string> calls;  ///< the port calls, in order, with record_calls

    fake_loop loop;
    fake_random random;
    fake_wire wire{loop};
    fake_secrets secrets;
    fake_journal journal{loop};
    fake_cloud cloud{wire};
    fake_instances instances{loop, wire};
    fake_log log;
    fake_metrics metrics;
    fake_certificates certificates;

private:
    void make();
    [[nodiscard]] ports::journal_contents contents(const core::config& config) const;
    void settle();
    void check_regenerate(const core::identity& id);
    void check_install(const core::instance& at, const core::secret& key);

    std::map<std::string, core::identity> ids_;       // by name, of every tunnel that ever was
    std::map<std::string, core::identity> linked_;    // by instance URL, as last configured
    std::map<core::identity, core::tunnel> settled_;  // as last configured
    std::unique_ptr<app::supervisor> supervisor_;
    unsigned quiet_ = 0;
    std::set<std::string> broken_;
};

}  // namespace tunnelkeyd::tests
