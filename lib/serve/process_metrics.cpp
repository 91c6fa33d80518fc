#include "serve/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace tunnelkeyd::serve {

namespace {

/// Of /proc/self/stat: proc(5).
struct process_facts {
    double cpu_seconds = 0;
    double start_seconds = 0;  ///< after the machine's
    double virtual_bytes = 0;
    double resident_bytes = 0;
};

std::optional<process_facts> read_stat() {
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    // The second field is the program's name in parentheses, and may hold anything.
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos)
        return std::nullopt;
    std::istringstream fields(text.substr(name_end + 1));
    const auto skip = [&fields](int count) {
        for (std::string ignored; count > 0; --count)
            fields >> ignored;
    };
    std::uint64_t user = 0, system = 0, start = 0, size = 0, pages = 0;
    skip(11);
    fields >> user >> system;
    skip(6);
    fields >> start >> size >> pages;
    if (!fields)
        return std::nullopt;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return process_facts{static_cast<double>(user + system) / ticks, static_cast<double>(start) / ticks,
                         static_cast<double>(size),
                         static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE))};
}

double seconds_on(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::optional<double> open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator each("/proc/self/fd", error);
    std::int64_t count = -1;  // the one that lists them
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error))
        ++count;
    return error ? std::nullopt : std::optional(static_cast<double>(count));
}

}  // namespace

void put_process_metrics(exposition& into) {
    if (const auto facts = read_stat()) {
        // Once, or it would move with whatever sets the clock.
        static const double machine_start = seconds_on(CLOCK_REALTIME) - seconds_on(CLOCK_BOOTTIME);
        into.begin_counters("process_cpu_seconds_total", "Processor time used, user and system, in seconds.");
        into.series({}, facts->cpu_seconds);
        into.begin_gauges("process_resident_memory_bytes", "Memory in use (resident), in bytes.");
        into.series({}, facts->resident_bytes);
        into.begin_gauges("process_virtual_memory_bytes", "Address space in use, in bytes.");
        into.series({}, facts->virtual_bytes);
        into.begin_gauges("process_start_time_seconds", "When the process began, in Unix time.");
        into.series({}, machine_start + facts->start_seconds);
    }
    if (const auto count = open_descriptors()) {
        into.begin_gauges("process_open_fds", "Open file descriptors.");
        into.series({}, *count);
    }
    if (rlimit limit{}; ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        into.begin_gauges("process_max_fds", "How many file descriptors may be open.");
        into.series({}, static_cast<double>(limit.rlim_cur));
    }
}

}  // namespace tunnelkeyd::serve
