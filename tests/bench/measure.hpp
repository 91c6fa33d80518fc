#pragma once

#include "support/rig.hpp"

#include <sys/resource.h>

#include <chrono>

namespace tunnelkeyd::bench {

inline constexpr unsigned idle_tunnels = 10'000;
inline constexpr int runs = 5;

double seconds_since(std::chrono::steady_clock::time_point start);
double cpu_seconds(const rusage& usage);

/// This process, and whatever it starts from now on.
void run_on_core(int core);
void run_on_all_cores();

/// Ten thousand tunnels in place of the one that the simulator has.
void configure_many(support::rig& scene, const nlohmann::json& schedule);

}  // namespace tunnelkeyd::bench
