#pragma once

#include "ports/cloud.hpp"
#include "ports/instance.hpp"
#include "support/fake_wire.hpp"
#include "support/ways.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tunnelkeyd::tests {

/// The admin API. Regenerating kills the old key at once.
class fake_cloud final : public ports::cloud {
public:
    struct tunnel {
        std::string key;
        std::string name;
        std::string on_premise_url;
        unsigned made = 0;  ///< keys so far
    };

    explicit fake_cloud(fake_wire& wire) : wire_(wire) {}

    void read_organization(const core::organization& organization, const core::secret& api_key,
                           ports::exchange_handler done) override;
    void regenerate(const core::identity& id, const core::secret& api_key, core::duration timeout,
                    ports::exchange_handler done) override;
    void examine(ports::way_handler done) override;
    [[nodiscard]] std::string missing_secret() const override { return missing; }

    core::way way = whole_way("https://api.example");
    std::string missing;  ///< why its proxy's password cannot be read
    std::map<core::identity, tunnel> tunnels;
    std::map<std::string, std::string> api_keys;  ///< by organization id: the good one
    std::vector<core::duration> timeouts;         ///< of each regenerate request
    /// Told of each request before it leaves.
    std::function<void(const core::identity&)> before_regenerate;
    std::function<void(const std::string&)> told;

private:
    fake_wire& wire_;
};

/// The self-managed products, by base URL. Each believes the key that it is told.
class fake_instances final : public ports::instance {
public:
    struct product {
        std::string target;  ///< whose faults apply: its tunnel's hostname
        std::string key;
        std::string authorization;  ///< the good one
        std::string state = "RUNNING";
        unsigned state_status = 200;
        std::string name;  ///< what it calls its tunnel
        std::vector<core::steady_time> installed_at;
        std::set<std::string> unwanted;  ///< keys that it rejects
        std::optional<core::way> way;    ///< nothing: it is whole
    };

    fake_instances(fake_loop& loop, fake_wire& wire) : loop_(loop), wire_(wire) {}

    void read_status(const core::instance& settings, ports::exchange_handler done) override;
    void who_am_i(const core::instance& settings, const ports::credentials& authorization,
                  ports::exchange_handler done) override;
    void install(const core::instance& settings, const ports::credentials& authorization,
                 const core::shared_secret& key, ports::exchange_handler done) override;
    void examine(const core::instance& settings, ports::way_handler done) override;
    [[nodiscard]] std::string missing_secret(const core::instance&) const override { return missing; }

    std::map<std::string, product> products;
    std::string missing;                       ///< why a proxy's password cannot be read
    std::map<std::string, std::string> moved;  ///< other URLs of a product
    /// The product that answers at this URL.
    product& at(const std::string& url);
    /// Told of each request before it leaves.
    std::function<void(const core::instance&, const core::secret& key)> before_install;
    std::function<void(const std::string&)> told;

private:
    fake_loop& loop_;
    fake_wire& wire_;
};

}  // namespace tunnelkeyd::tests
