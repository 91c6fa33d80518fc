#include "support/terminal.hpp"

#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tunnelkeyd::support {

namespace {

using clock = std::chrono::steady_clock;

int milliseconds_until(clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

terminal::terminal(const std::string& executable, std::vector<std::string> arguments, unsigned short columns,
                   unsigned short rows) {
    arguments.insert(arguments.begin(), executable);
    std::vector<char*> words;
    for (auto& each : arguments)
        words.push_back(each.data());
    words.push_back(nullptr);
    std::vector<std::string> variables = {"TERM=xterm"};
    for (char** variable = ::environ; *variable != nullptr; ++variable)
        if (!std::string(*variable).starts_with("TERM=") && !std::string(*variable).starts_with("NO_COLOR="))
            variables.emplace_back(*variable);
    std::vector<char*> environment;
    for (auto& each : variables)
        environment.push_back(each.data());
    environment.push_back(nullptr);

    winsize size{};
    size.ws_col = columns;
    size.ws_row = rows;
    const pid_t parent = ::getpid();
    pid_ = ::forkpty(&keyboard_, nullptr, nullptr, &size);
    if (pid_ == 0) {  // nothing here allocates
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == parent)
            ::execve(words[0], words.data(), environment.data());
        ::_exit(127);
    }
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "forkpty");
    ::fcntl(keyboard_, F_SETFD, FD_CLOEXEC);
}

terminal::~terminal() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(keyboard_);
}

bool terminal::read(int milliseconds) {
    pollfd waits{keyboard_, POLLIN, 0};
    if (::poll(&waits, 1, milliseconds) == 0)
        throw std::runtime_error("what was waited for did not come on the terminal:\n" + shown_);
    std::array<char, 4096> some{};
    const auto count = ::read(keyboard_, some.data(), some.size());
    if (count <= 0)  // EIO once nobody has the other end open
        return false;
    shown_.append(some.data(), static_cast<std::size_t>(count));
    return true;
}

void terminal::wait_until(const std::function<bool(const std::string&)>& condition) {
    const auto deadline = clock::now() + patience;
    while (!condition(shown_))
        if (!read(milliseconds_until(deadline)))
            throw std::runtime_error("it ended before what was waited for:\n" + shown_);
}

void terminal::type(const std::string& keys) const {
    if (::write(keyboard_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::system_error(errno, std::generic_category(), "write to a terminal");
}

int terminal::wait_for_exit() {
    const auto deadline = clock::now() + patience;
    while (read(milliseconds_until(deadline))) {
    }
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace tunnelkeyd::support
