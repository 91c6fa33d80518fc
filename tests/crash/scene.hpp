#pragma once

#include "crash/points.hpp"
#include "crash/scenario.hpp"
#include "crash/verdict.hpp"
#include "support/rig.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// A daemon with one tunnel that is due at once, in one of the scenarios: run once under strace from its start
/// over the rotation to SIGTERM, and then once more, undisturbed.
class scene {
public:
    /// Brings the scenario about.
    explicit scene(scenario from);

    /// The first run. It gets SIGTERM when its rotation is over and the store is idle, or after `limit`;
    /// another one if that does not end it, or SIGKILL if it need not end (`seen.lasting`). Sets what `seen`
    /// says of the first run.
    void run_traced(const std::vector<std::string>& options, std::chrono::milliseconds limit, evidence& seen);
    /// All that strace wrote of it.
    [[nodiscard]] std::string trace() const;
    [[nodiscard]] pid_t process() const noexcept { return process_; }
    [[nodiscard]] std::string directory() const { return rig_.directory(); }

    /// The second run, until nothing is left to do. Sets the rest of `evidence`.
    void recover(evidence& seen);

    /// The longest time for which the instance did not hold the cloud's key.
    [[nodiscard]] std::chrono::milliseconds longest_gap() const;
    [[nodiscard]] std::string log() const { return rig_.log(); }

private:
    [[nodiscard]] unsigned regenerates() const;
    [[nodiscard]] bool is_over() const;
    void come_to_rest();

    scenario from_;
    support::rig rig_;
    pid_t process_ = 0;
    unsigned prepared_regenerates_ = 0;
};

}  // namespace tunnelkeyd::crash
