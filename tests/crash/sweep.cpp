#include "crash/sweep.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace tunnelkeyd::crash {

std::vector<strike> sweep(const std::vector<point>& points, unsigned at_once,
                          const std::function<void(const strike&)>& told) {
    std::vector<strike> results(points.size());
    std::atomic<std::size_t> next = 0;
    std::mutex telling;
    const auto work = [&] {
        for (std::size_t i = 0; (i = next++) < points.size();) {
            results[i] = strike_at(points[i]);
            const std::lock_guard lock(telling);
            told(results[i]);
        }
    };
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < at_once; ++i)
        workers.emplace_back(work);
    workers.clear();
    return results;
}

std::vector<recording> record_all(const std::vector<scenario>& scenarios) {
    std::vector<std::future<recording>> under_way;
    for (const auto from : scenarios)
        under_way.push_back(std::async(std::launch::async, record, from));
    std::vector<recording> all;
    for (auto& each : under_way)
        all.push_back(each.get());
    return all;
}

std::vector<point> sample(const std::vector<point>& points, std::size_t wanted) {
    std::vector<point> taken;
    const auto count = std::min(wanted, points.size());
    for (std::size_t i = 0; i < count; ++i)
        taken.push_back(points[(2 * i + 1) * points.size() / (2 * count)]);
    return taken;
}

}  // namespace tunnelkeyd::crash
