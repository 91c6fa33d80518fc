#pragma once

#include "simulation/chance.hpp"
#include "simulation/temper.hpp"
#include "simulation/watch.hpp"
#include "support/fake_world.hpp"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace tunnelkeyd::simulation {

/// What goes wrong between the daemon and its peers, and with its disk: single requests and writes, and spells
/// that last.
class weather {
public:
    weather(tests::fake_world& world, watch& observer, const temper& how, std::uint64_t seed);

    void add(const core::tunnel& tunnel) { organizations_[tunnel.hostname] = tunnel.organization.id; }

    // A spell begins.
    void trouble_at_cloud(const std::string& organization_id);
    void trouble_at_cloud_of(const std::string& hostname) { trouble_at_cloud(organizations_.at(hostname)); }
    void trouble_at_instance(const std::string& hostname);
    void trouble_with_store();

    /// Faults stop.
    void clear();

private:
    enum class trouble : std::uint8_t {
        refuses,   ///< no connection, or no such name
        swallows,  ///< every packet
        loses_requests,
        loses_replies,
        gateway,  ///< something before it answers, and it may act all the same
        rate_limits,
        slow,  ///< but well
        forbids,
        no_token,  ///< it acts, and the reply is of no use
        maintenance,
        starting,
        login_page,
        not_found,
        rejects,
    };
    struct spell {
        trouble what = trouble::refuses;
        core::steady_time until;
        std::string retry_after;
    };

    [[nodiscard]] tests::fault fault_of(const std::string& target, tests::call what);
    [[nodiscard]] std::optional<tests::fault> over_limit(const std::string& organization_id);
    [[nodiscard]] tests::fault fault_of(trouble what, tests::call of, const std::string& retry_after);
    [[nodiscard]] tests::fault lost(bool takes_effect);
    [[nodiscard]] tests::fault at_gateway(tests::call of, const std::string& retry_after);
    [[nodiscard]] trouble any_trouble(tests::call of);
    [[nodiscard]] std::string some_wait();
    [[nodiscard]] core::steady_time some_time_on();

    tests::fake_world& world_;
    watch& watch_;
    const temper& how_;
    chance by_;
    std::unordered_map<std::string, std::string> organizations_;            // by hostname
    std::unordered_map<std::string, spell> spells_;                         // by organization id, or hostname
    std::unordered_map<std::string, std::deque<core::steady_time>> asked_;  // of the last minute, likewise
    core::steady_time store_fails_until_{};
};

}  // namespace tunnelkeyd::simulation
