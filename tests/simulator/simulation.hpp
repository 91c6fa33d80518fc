#pragma once

#include "simulator/inventory.hpp"
#include "simulator/rehearsal.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

/// The simulator as a whole: the cloud's admin API, the instances, and the control endpoint, on loopback.
namespace tunnelkeyd::simulator {

/// What goes into the `defaults` of a daemon's configuration, verbatim; "" leaves the key out.
struct configuration_wish {
    std::filesystem::path file;
    std::filesystem::path state_directory;  ///< empty: `state` in the simulator's directory
    std::string every;
    std::string jitter;
    std::string first;
};

struct simulation_settings {
    std::filesystem::path directory;  ///< made if it is missing
    generation_wish generated;        ///< what is served, unless it is a rehearsal
    std::optional<rehearsed_configuration> rehearsed;
    std::uint16_t cloud_port = 0;  ///< 0: any free one, as with the others
    std::uint16_t instance_port = 0;
    std::uint16_t control_port = 0;
    bool ends_on_signals = false;  ///< SIGTERM and SIGINT end run(), from before simulator.json appears
    std::optional<configuration_wish> configuration;
};

/// Leaves ca.pem and simulator.json in the directory, and what the configuration or the rehearsal needs.
/// simulator.json comes last, whole at once: whoever sees it can connect. One thread calls run(); any thread
/// may call stop().
class simulation {
public:
    /// Listens and writes the files. Throws std::exception where that fails.
    explicit simulation(simulation_settings settings);
    ~simulation();
    simulation(const simulation&) = delete;
    simulation& operator=(const simulation&) = delete;

    /// For a person: of a rehearsal what to do now, else "".
    [[nodiscard]] const std::string& next_steps() const;

    /// Serves until stop(), a signal if so wished, or POST /shutdown.
    void run();

    void stop();

private:
    struct implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace tunnelkeyd::simulator
