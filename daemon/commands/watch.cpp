#include "daemon/commands/watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <sstream>
#include <system_error>
#include <vector>

namespace tunnelkeyd::daemon {

namespace {

volatile std::sig_atomic_t noted_by = -1;  // the pipe's end for writing

void note(int /*signal*/) {
    const auto before = errno;
    if (::write(noted_by, "x", 1) < 0) {
        // The pipe is full of earlier ones, which say the same.
    }
    errno = before;
}

}  // namespace

interruption::interruption() {
    if (::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    noted_by = pipe_[1];
    struct sigaction action {};
    action.sa_handler = note;
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM})
        ::sigaction(signal, &action, nullptr);
}

interruption::~interruption() {
    for (const int signal : {SIGINT, SIGTERM})
        std::signal(signal, SIG_DFL);
    for (const int end : pipe_)
        ::close(end);
}

bool interruption::wait(core::duration time) const {
    const auto until = std::chrono::steady_clock::now() + time;
    pollfd waits{pipe_[0], POLLIN, 0};
    while (true) {
        const auto left = std::chrono::ceil<core::duration>(until - std::chrono::steady_clock::now());
        const int found = ::poll(&waits, 1, static_cast<int>(std::max(left, core::duration(0)).count()));
        if (found > 0)
            return true;
        if (found == 0)
            return false;
    }
}

void watch(const display& on, const interruption& stop, const std::function<std::string()>& text) {
    std::cout << "\x1b[2J";
    do {
        std::cout << frame(text(), on.rows) << std::flush;
    } while (!stop.wait(std::chrono::seconds(1)));
    std::cout << '\n';  // behind the terminal's "^C"
}

std::string frame(const std::string& text, std::size_t rows) {
    constexpr const char* next_line = "\x1b[K\r\n";
    std::vector<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);)
        lines.push_back(line);
    const auto room = std::max<std::size_t>(rows, 3) - 1;  // the cursor's line stays free
    std::string drawn = "\x1b[H";
    const bool cut = lines.size() > room;
    for (std::size_t i = 0; i < (cut ? room - 1 : lines.size()); ++i)
        drawn += lines[i] + next_line;
    if (cut)
        drawn += "... and " + std::to_string(lines.size() - (room - 1)) + " more lines" + next_line;
    return drawn + "\x1b[J";
}

}  // namespace tunnelkeyd::daemon
