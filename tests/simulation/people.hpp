#pragma once

#include "simulation/chance.hpp"
#include "simulation/site.hpp"
#include "simulation/temper.hpp"
#include "simulation/watch.hpp"
#include "simulation/weather.hpp"
#include "support/fake_world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tunnelkeyd::simulation {

/// The administrators: they configure tunnels, change what they have configured, let credentials expire, and
/// mend what they have done wrong, sooner or later.
class people {
public:
    people(tests::fake_world& world, weather& sky, watch& observer, sites& all, const temper& how,
           std::uint64_t seed);

    /// Puts down what is configured now, for the next start or reload.
    void write_configuration();
    void change_configuration();
    /// Of this tunnel, just now.
    void change_configuration_of(const std::string& hostname);
    void spoil_credentials();
    /// In the store, while the daemon is down.
    void pause_and_resume();
    /// Likewise; of all.
    void resume();
    /// What `tunnelkeyd rotate`, `pause`, `resume` and `pending` do, of the running daemon.
    void ask();
    /// This tunnel, just now, perhaps in the middle of a preflight.
    void pause_for_a_while(const std::string& hostname);
    /// All that is wrong by their doing is put right now.
    void mend_everything();

private:
    /// What is to be done about something, and until then is not.
    struct task {
        core::steady_time at;
        std::function<void()> mend;
        bool reload;
    };

    void set_up();
    void choose_schedule(core::schedule& into);
    void reload();
    void change(site& where);
    void replace(site& old);
    void swap(site& one, site& other);
    void be_too_strict(site& where);
    void spoil_token(site& where);
    void spoil_api_key(const std::string& organization);
    void lose_secret(site& where);
    void mend_later(std::function<void()> mend, bool reload);
    void mend_due();
    void ask_for_rotation(site& where);
    void pause(site& where, bool pause);
    void finish_by_hand(site& where);
    void resolve(site& where, core::resolution how, std::uint64_t number);
    void mistake_number(const site& where, core::resolution how, std::uint64_t number);
    [[nodiscard]] bool can_ask() const;
    [[nodiscard]] site* site_of(const std::string& hostname) const;
    [[nodiscard]] site* some_site();
    [[nodiscard]] static bool may_change(const site& where) { return !where.retired && !where.misplaced; }

    tests::fake_world& world_;
    weather& weather_;
    watch& watch_;
    sites& sites_;
    const temper& how_;
    chance by_;
    chance mistakes_;  ///< that change nothing
    std::vector<task> tasks_;
    unsigned made_ = 0;  ///< secrets that were renewed
};

}  // namespace tunnelkeyd::simulation
