#include "crash/strace.hpp"

#include "support/child_process.hpp"
#include "support/places.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <stdexcept>

namespace tunnelkeyd::crash {

namespace {

constexpr const char* program = "/usr/bin/strace";

/// Is the last thing in the trace the end of the process itself, and not of one of its threads?
bool is_finished(const std::string& trace, pid_t process) {
    if (!trace.ends_with(" +++\n"))
        return false;
    const auto last = trace.rfind('\n', trace.size() - 2);
    const auto line = trace.substr(last == std::string::npos ? 0 : last + 1);
    return line.starts_with("+++ ") || line.starts_with(std::to_string(process) + " ");
}

}  // namespace

std::string why_no_strace() try {
    if (::access(program, X_OK) != 0)
        return std::string("there is no ") + program;
    const support::temporary_directory directory;
    const auto output = directory.path() / "trace";
    auto words = strace_words(output, {"-y", "-e", "trace=write"});
    words.insert(words.end(), {support::daemon_program(), "version"});
    support::child_process trial(program, {words.begin() + 1, words.end()}, directory.path() / "log",
                                 strace_environment());
    const auto process = trial.pid();
    if (trial.wait_for_exit() != 0)
        return "strace does not work here: " + trial.output();
    // The daemon shuts itself off from others of its user. What its descriptors are only root's strace sees
    // then.
    if (finished_trace(output, process).find("write(1<") == std::string::npos)
        return "strace cannot see what the daemon's descriptors are; root's could";
    return "";
} catch (const std::exception& problem) {
    return std::string("strace does not work here: ") + problem.what();
}

std::vector<std::string> strace_words(const std::filesystem::path& output,
                                      const std::vector<std::string>& options) {
    std::vector<std::string> words = {program, "-D", "--quiet=attach,personality,path-resolution", "-o",
                                      output};
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

std::vector<std::string> strace_environment() {
    // The leak checker is a tracer too, and a process has room for one.
    return {"ASAN_OPTIONS=detect_leaks=0"};
}

std::string finished_trace(const std::filesystem::path& output, pid_t process) {
    const auto deadline = std::chrono::steady_clock::now() + support::patience;
    auto trace = support::read_file(output);
    while (!is_finished(trace, process)) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("strace did not finish " + output.string());
        ::poll(nullptr, 0, 2);
        trace = support::read_file(output);
    }
    return trace;
}

}  // namespace tunnelkeyd::crash
