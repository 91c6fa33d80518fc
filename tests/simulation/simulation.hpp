#pragma once

#include "simulation/chance.hpp"
#include "simulation/people.hpp"
#include "simulation/site.hpp"
#include "simulation/temper.hpp"
#include "simulation/trace.hpp"
#include "simulation/watch.hpp"
#include "simulation/weather.hpp"
#include "support/fake_world.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tunnelkeyd::simulation {

/// What a seed came to.
struct findings {
    std::string broken;        ///< "": nothing
    std::string trace;         ///< what led to it, where that was asked for
    std::uint64_t digest = 0;  ///< of every request: the same for the same seed
    std::uint64_t steps = 0;
    unsigned rotations = 0;
    unsigned regenerates = 0;
    unsigned kills = 0;
    unsigned reloads = 0;
    unsigned restores = 0;
    unsigned most_in_an_hour = 0;  ///< requests of one tunnel and kind
};

/// Years in the life of a daemon with fifty tunnels, from one seed: the real lib/app and lib/core, in virtual
/// time, in a world where everything goes wrong.
class simulation {
public:
    simulation(std::uint64_t seed, temper how, bool traced);
    simulation(const simulation&) = delete;
    simulation& operator=(const simulation&) = delete;

    /// To the end, or until something is broken.
    findings run();

    /// The last events so far, of all tunnels, where they are traced.
    [[nodiscard]] std::string so_far() const;

private:
    /// Something that happens to the world again and again, by chance, until faults stop. Whatever else is to
    /// happen is added to the list in simulation.cpp.
    struct influence {
        std::optional<core::duration> every;  ///< on average; nothing: never
        std::function<void()> happen;
    };

    [[nodiscard]] std::vector<influence> influences();
    void set_in_motion(const influence& what);
    void strike(tests::call what, const std::string& target);
    void look_around();
    void run_until(core::steady_time until);
    void run_until_calm();
    void end();

    void start();
    void kill();
    void stop();
    void step_clock();
    void back_up();
    void restore();

    const temper how_;
    tests::fake_world world_;
    trace trace_;
    sites sites_;
    watch watch_;
    weather weather_;
    people people_;
    chance by_;
    std::vector<influence> influences_;
    std::map<core::identity, core::tunnel_record> backup_;
    core::steady_time backed_up_{};
    unsigned kill_in_ = 0;  ///< steps; 0: not
    bool ended_ = false;
    findings found_;
};

}  // namespace tunnelkeyd::simulation
