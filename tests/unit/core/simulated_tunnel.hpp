#pragma once

#include "core/rotation.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace tunnelkeyd::core::testing {

/// One tunnel's cloud and instance: what they hold, and the requests that will still take effect. A regenerate
/// kills the old key at once; a request whose answer was lost may take effect up to `settle` later, or twice.
class simulated_ends {
public:
    /// The cloud makes a new key.
    void regenerate() { cloud_ = "key " + std::to_string(++made_); }
    void install(const std::string& key) { instance_ = key; }
    void regenerate_later(steady_time at) { late_.push_back({at, std::nullopt}); }
    void install_later(steady_time at, std::string key) { late_.push_back({at, std::move(key)}); }
    /// Lets happen what happens until then.
    void pass_until(steady_time now);

    [[nodiscard]] const std::string& cloud_key() const { return cloud_; }
    [[nodiscard]] bool in_step() const { return cloud_ == instance_; }

private:
    struct late_effect {
        steady_time at;
        std::optional<std::string> install;  // nothing: a regenerate
    };
    std::string cloud_ = "key 0";
    std::string instance_ = "key 0";
    unsigned made_ = 0;
    std::vector<late_effect> late_;
};

/// One history: a machine that rotates against simulated ends with lost, late and doubled effects, a failing
/// store, requests, reloads, and kills at any point between two steps. The same for the same seed.
class simulated_tunnel {
public:
    simulated_tunnel(std::uint64_t seed, rotation::restart how);

    /// "" if every rule was kept and the ends agree when the faults have stopped, else which was broken.
    std::string run(unsigned faulty_steps);

    unsigned crashes = 0;
    unsigned unknowns = 0;
    unsigned confirmations = 0;
    unsigned regenerates = 0;
    unsigned replaced = 0;  ///< keys, for their rejections
    bool ended_held = false;

private:
    bool chance(double probability) { return faulty_ && uniform_(random_) < probability; }
    duration up_to(duration longest) {
        return duration(static_cast<duration::rep>(uniform_(random_) * static_cast<double>(longest.count())));
    }
    void pass(duration length);
    void start(rotation::restart how);
    void crash();
    void interfere();
    void step(rotation_event event);
    void take(rotation_action next);
    void quieten();
    exchange refusal();  ///< of either call, without an effect
    void expect(bool kept, const char* rule);

    void perform(const action::none&);
    void perform(const action::sleep& sleep);
    void perform(const action::preflight&);
    void perform(const action::await_permit&);
    void perform(const action::save& save);
    void perform(const action::regenerate&);
    void perform(const action::install&);

    std::mt19937_64 random_;
    std::uniform_real_distribution<double> uniform_{0, 1};
    rotation::restart how_;
    bool faulty_ = true;
    bool rejecting_ = false;  // the instance wants no key for a while
    bool holding_ = false;    // the configuration does not fit what the cloud says
    std::string broken_;

    moment now_;
    simulated_ends ends_;
    std::shared_ptr<const tunnel> settings_;
    std::optional<rotation> machine_;
    rotation_action action_;
    tunnel_record disk_;

    std::uint64_t last_intent_sent_ = 0;
    std::uint64_t last_unknown_ = 0;  // the generation of the last regenerate of unknown outcome
    bool may_drop_key_ = false;       // a pending key became suspect
    bool requested_while_held_ = false;
};

}  // namespace tunnelkeyd::core::testing
