#include "bench/measure.hpp"

#include <sched.h>

#include <iostream>

namespace tunnelkeyd::bench {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds(const rusage& usage) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void run_on_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0)
        std::cout << "skipped: pinning to core " << core << ", so the figures mix simulator and daemon\n";
}

void run_on_all_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int core = 0; core < CPU_SETSIZE; ++core)
        CPU_SET(core, &set);
    ::sched_setaffinity(0, sizeof set, &set);
}

void configure_many(support::rig& scene, const nlohmann::json& schedule) {
    scene.config["log"]["level"] = "info";
    scene.config["defaults"]["schedule"] = schedule;
    auto& tunnels = scene.config["tunnels"];
    const auto model = tunnels[0];
    scene.config["defaults"]["instance"]["auth"] = model["instance"]["auth"];
    tunnels.clear();
    for (unsigned i = 0; i < idle_tunnels; ++i)
        tunnels.push_back(
            {{"name", "tunnel-" + std::to_string(i)},
             {"hostname", "e5e9e8f0-d429-4cb9-80bc-" + std::to_string(100'000'000'000 + i)},
             {"instance", {{"url", "https://instance-" + std::to_string(i) + ".example.com/jira"}}}});
}

}  // namespace tunnelkeyd::bench
