#include "bench/watched.hpp"

#include "bench/measure.hpp"
#include "bench/series.hpp"
#include "support/places.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tunnelkeyd::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr int watched_rotations = 4'000;

/// Reads /metrics each second, as Prometheus does, until it is destroyed.
class scraper {
public:
    explicit scraper(std::string address)
        : thread_([this, address = std::move(address)] {
              std::unique_lock lock(mutex_);
              do
                  scrapes_ += support::http_get(address, "/metrics").status == 200;
              while (!end_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; }));
          }) {}
    ~scraper() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        end_.notify_one();
        thread_.join();
    }
    scraper(const scraper&) = delete;
    scraper& operator=(const scraper&) = delete;

    [[nodiscard]] unsigned scrapes() const { return scrapes_; }

private:
    std::mutex mutex_;
    std::condition_variable end_;
    bool over_ = false;
    std::atomic<unsigned> scrapes_ = 0;
    std::thread thread_;
};

/// The seconds that it takes to rotate the first of ten thousand due tunnels, with peers that take 20 ms for
/// each call and otherwise the default settings; negative: it failed.
double rotate_some(bool scraped, unsigned& scrapes) {
    support::rig scene(idle_tunnels);
    scene.fault("any", "slow", {{"seconds", 0.02}}, 0);
    scene.config["log"]["level"] = "warn";
    scene.config["health"]["listen"] = "127.0.0.1:19847";
    scene.start();
    scene.wait_for_request("install");
    const auto start = clock_type::now();
    std::optional<scraper> watching;
    if (scraped)
        watching.emplace("127.0.0.1:19847");
    scene.wait_for_request("install", "", watched_rotations);
    const double took = seconds_since(start);
    if (watching)
        scrapes += watching->scrapes();
    watching.reset();
    return scene.stop() == 0 ? took : -1;
}

}  // namespace

bool ask_by_command() {
    support::rig scene(1);
    configure_many(scene, {{"every", "30d"}, {"jitter", "6h"}});
    // Where it usually is, so that no file needs to be parsed to find it.
    scene.config.erase("control");
    const std::vector<std::string> environment = {"RUNTIME_DIRECTORY=" + scene.directory().string()};
    scene.start({}, environment);
    scene.wait_for("supervisor.started");
    const auto config = (scene.directory() / "config.yaml").string();
    std::vector<std::pair<std::vector<std::string>, series>> commands = {
        {{"status", "--config", config, "--json"}, {"status --json", "ms", {}}},
        {{"status", "--config", config}, {"status", "ms", {}}},
        {{"status", "--config", config, "tunnel-5000"}, {"status TUNNEL", "ms", {}}}};
    for (int run = 0; run < runs; ++run)
        for (auto& [words, times] : commands) {
            const auto start = clock_type::now();
            support::child_process command(support::daemon_program(), words, scene.directory() / "printed",
                                           environment);
            if (command.wait_for_exit() != 0)
                return false;
            times.values.push_back(seconds_since(start) * 1000);
        }
    std::printf("\ncommands beside a daemon with %u tunnels, %d runs\n", idle_tunnels, runs);
    for (auto& [words, times] : commands)
        times.print();
    return scene.stop() == 0;
}

bool rotate_while_scraped() {
    run_on_all_cores();
    series ratio{"time with a scrape each second, to without", "", {}};
    unsigned scrapes = 0;
    for (int run = 0; run < runs; ++run) {
        const bool first = run % 2 == 0;
        const double one = rotate_some(first, scrapes);
        const double other = rotate_some(!first, scrapes);
        if (one <= 0 || other <= 0)
            return false;
        ratio.values.push_back(first ? one / other : other / one);
    }
    std::printf(
        "\n%d rotations of %u due tunnels, calls of 20 ms, with and without a scrape each second (%u in "
        "all), %d pairs\n",
        watched_rotations, idle_tunnels, scrapes, runs);
    ratio.print();
    return true;
}

}  // namespace tunnelkeyd::bench
