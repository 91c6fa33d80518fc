#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace tunnelkeyd::support {

namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int milliseconds_until(clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// In the child: nothing here allocates.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(127);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execve(arguments[0], arguments, environment);
    ::_exit(127);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file)
        fail(path);
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

child_process::child_process(const std::string& executable, const std::vector<std::string>& arguments,
                             std::filesystem::path output, const std::vector<std::string>& environment)
    : output_(std::move(output)) {
    std::vector<std::string> words = {executable};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environment;
    for (char** variable = ::environ; *variable != nullptr; ++variable)
        variables.emplace_back(*variable);
    const auto word_pointers = pointers_to(words);
    const auto variable_pointers = pointers_to(variables);

    const int log = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0)
        fail(output_);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0)
        become(word_pointers.data(), variable_pointers.data(), log, parent);
    ::close(log);
    if (pid_ < 0)
        fail("fork");
    pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (pidfd_ < 0)
        fail("pidfd_open");
}

child_process::~child_process() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(pidfd_);
}

void child_process::signal(int number) const {
    if (pid_ > 0)
        ::kill(pid_, number);
}

bool child_process::has_ended() const {
    pollfd watched{pidfd_, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
}

int child_process::wait_for_exit() {
    pollfd watched{pidfd_, POLLIN, 0};
    if (::poll(&watched, 1, milliseconds_until(clock::now() + patience)) != 1)
        throw std::runtime_error("it does not end:\n" + output());
    int status = 0;
    ::wait4(pid_, &status, 0, &usage_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void child_process::wait_until(const std::function<bool(const std::string&)>& condition) {
    wait_until([&] { return condition(output()); }, output_, IN_MODIFY);
}

void child_process::wait_for_file(const std::filesystem::path& path) {
    wait_until([&] { return std::filesystem::exists(path); }, path.parent_path(), IN_MOVED_TO);
}

void child_process::wait_until(const std::function<bool()>& condition, const std::filesystem::path& watched,
                               std::uint32_t changes) {
    const auto deadline = clock::now() + patience;
    const int notifier = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    ::inotify_add_watch(notifier, watched.c_str(), changes);
    const struct closer {
        int number;
        ~closer() { ::close(number); }
    } close_at_end{notifier};

    bool ended = false;
    while (!condition()) {
        if (ended)
            throw std::runtime_error("it ended before what was waited for:\n" + output());
        std::array<pollfd, 2> polled = {{{notifier, POLLIN, 0}, {pidfd_, POLLIN, 0}}};
        if (::poll(polled.data(), polled.size(), milliseconds_until(deadline)) == 0)
            throw std::runtime_error("what was waited for did not come:\n" + output());
        ended = polled[1].revents != 0;
        std::array<char, 4096> events{};
        [[maybe_unused]] const auto drained = ::read(notifier, events.data(), events.size());
    }
}

}  // namespace tunnelkeyd::support
