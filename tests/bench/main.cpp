#include "bench/measure.hpp"
#include "bench/series.hpp"
#include "bench/watched.hpp"
#include "support/places.hpp"
#include "support/rig.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a rotation costs, what idle tunnels cost, and what a plan does. The simulator has one core to itself and
// the daemon the other, where there are two. Prints one line a figure, the median of the runs with the lowest
// and the highest.

using namespace tunnelkeyd;
using bench::configure_many;
using bench::cpu_seconds;
using bench::idle_tunnels;
using bench::run_on_core;
using bench::runs;
using bench::seconds_since;
using bench::series;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr unsigned due_tunnels = 2'000;

double resident_mib(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::stod(line.substr(6)) / 1024;
    return 0;
}

double number_in(const std::string& text, const char* name) {
    std::smatch found;
    return std::regex_search(text, found, std::regex("\"" + std::string(name) + "\":\"([0-9]+)\""))
               ? std::stod(found[1])
               : 0;
}

bool rotate_due() {
    series rate{"rotations", "/s", {}};
    series cpu{"CPU per rotation", "ms", {}};
    series commits{"commits (one sync each) per rotation", "", {}};
    series memory{"peak resident set", "MiB", {}};
    for (int run = 0; run < runs; ++run) {
        run_on_core(1);
        support::rig scene(due_tunnels);
        run_on_core(0);
        scene.config["log"]["level"] = "info";
        scene.config["cloud"]["max_in_flight"] = 64;
        const auto start = clock_type::now();
        if (const int status = scene.run({"--once"}); status != 0) {
            std::cout << scene.log().substr(0, 4000) << "run --once failed with " << status << '\n';
            return false;
        }
        const auto& usage = scene.daemon().usage();
        rate.values.push_back(due_tunnels / seconds_since(start));
        cpu.values.push_back(cpu_seconds(usage) * 1000 / due_tunnels);
        commits.values.push_back(number_in(scene.log(), "commits") / due_tunnels);
        memory.values.push_back(static_cast<double>(usage.ru_maxrss) / 1024);
    }
    std::printf("run --once, %u due tunnels, 64 in flight, %d runs\n", due_tunnels, runs);
    for (auto* each : {&rate, &cpu, &commits, &memory})
        each->print();
    return true;
}

bool start_idle() {
    series first{"first start until ready", "s", {}};
    series again{"start with existing state until ready", "s", {}};
    series memory{"resident set, idle", "MiB", {}};
    std::vector<std::pair<const char*, series>> pages = {
        {"/readyz", {"GET /readyz", "ms", {}}},
        {"/healthz", {"GET /healthz", "ms", {}}},
        {"/healthz/tunnel-5000", {"GET /healthz/{tunnel}", "ms", {}}},
        {"/status", {"GET /status", "ms", {}}},
        {"/metrics", {"GET /metrics", "ms", {}}}};
    series reload{"reload, ten tunnels changed", "ms", {}};
    series pause{"reload: the event loop stands still for", "ms", {}};
    for (int run = 0; run < runs; ++run) {
        run_on_core(1);
        support::rig scene(1);
        run_on_core(0);
        configure_many(scene, {{"every", "30d"}, {"jitter", "6h"}});
        auto& tunnels = scene.config["tunnels"];
        for (auto* start_time : {&first, &again}) {
            const auto start = clock_type::now();
            scene.start();
            scene.wait_for("supervisor.started", "", start_time == &first ? 1 : 2);
            start_time->values.push_back(seconds_since(start));
            if (start_time == &again) {
                memory.values.push_back(resident_mib(scene.daemon().pid()));
                for (auto& [path, times] : pages) {
                    const auto asked = clock_type::now();
                    if (scene.health(path).status != 200)
                        return false;
                    times.values.push_back(seconds_since(asked) * 1000);
                }
                for (unsigned i = 0; i < 10; ++i)
                    tunnels[i]["instance"]["url"] = "https://moved-" + std::to_string(i) + ".example.com";
                scene.reload();
                const auto done = scene.wait_for("reload.done");
                reload.values.push_back(std::stod(done.at("took_ms").get<std::string>()));
                pause.values.push_back(std::stod(done.at("paused_ms").get<std::string>()));
            }
            if (scene.stop() != 0)
                return false;
        }
    }
    std::printf("\n%u idle tunnels, %d runs\n", idle_tunnels, runs);
    for (auto* each : {&first, &again, &memory, &reload, &pause})
        each->print();
    for (auto& [path, times] : pages)
        times.print();
    return true;
}

/// Weekly, by cron in a time zone with summer time, each delayed by its window and spread within it.
bool plan_year() {
    support::rig scene(1);
    configure_many(scene, {{"cron", "0 2 * * 6"},
                           {"time_zone", "Europe/Berlin"},
                           {"jitter", "6h"},
                           {"windows", {{{"days", {"sat", "sun"}}, {"from", "22:00"}, {"to", "06:00"}}}}});
    scene.write_config();
    series took{"plan a year", "s", {}};
    series cpu{"CPU", "s", {}};
    series memory{"peak resident set", "MiB", {}};
    for (int run = 0; run < runs; ++run) {
        const auto printed = scene.directory() / "plan.json";
        std::filesystem::remove(printed);
        const auto start = clock_type::now();
        support::child_process plan(
            support::daemon_program(),
            {"plan", "--config", scene.directory() / "config.yaml", "--for", "365d", "--json"}, printed);
        if (plan.wait_for_exit() != 0)
            return false;
        took.values.push_back(seconds_since(start));
        cpu.values.push_back(cpu_seconds(plan.usage()));
        memory.values.push_back(static_cast<double>(plan.usage().ru_maxrss) / 1024);
    }
    std::printf("\nplan --for 365d --json, %u tunnels, weekly with windows and jitter, %d runs\n", idle_tunnels,
                runs);
    for (auto* each : {&took, &cpu, &memory})
        each->print();
    return true;
}

}  // namespace

/// The parts named by the arguments; all of them where there are none.
int main(int argc, char** argv) {
    constexpr std::pair<std::string_view, bool (*)()> parts[] = {{"rotate", rotate_due},
                                                                 {"idle", start_idle},
                                                                 {"plan", plan_year},
                                                                 {"commands", bench::ask_by_command},
                                                                 {"scraped", bench::rotate_while_scraped}};
    const std::vector<std::string_view> wanted(argv + 1, argv + argc);
    for (const auto& [name, run] : parts)
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end())
            if (!run())
                return 1;
    return 0;
}
