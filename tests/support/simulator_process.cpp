#include "support/simulator_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace tunnelkeyd::support {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(30);

class descriptor {
public:
    explicit descriptor(int number) : number_(number) {
        if (number_ < 0)
            throw std::system_error(errno, std::generic_category());
    }
    ~descriptor() { ::close(number_); }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

descriptor watch_process(pid_t pid) {
    return descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::filesystem::path make_directory() {
    std::string name = std::filesystem::temp_directory_path() / "tunnelkeyd-simulator-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), name);
    return name;
}

std::string read_all(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

int milliseconds_until(clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

/// In the child: nothing here allocates.
[[noreturn]] void become_simulator(char* const* arguments, int log, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(127);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

simulator_process::simulator_process(const std::vector<std::string>& arguments) : directory_(make_directory()) {
    try {
        start(arguments);
        wait_until_ready();
        description_ = nlohmann::json::parse(read_all(directory_ / "simulator.json"));
        control_ =
            std::make_unique<simulator::control_client>(description_.at("control_url").get<std::string>());
    } catch (...) {
        end();
        throw;
    }
}

simulator_process::~simulator_process() {
    end();
}

const nlohmann::json& simulator_process::tunnel(const std::string& name) const {
    for (const auto& each : description_.at("tunnels"))
        if (each.at("name") == name)
            return each;
    throw std::out_of_range("no tunnel called " + name);
}

void simulator_process::start(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {TUNNELKEYD_SIMULATOR, "--directory", directory_.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const descriptor log(::open((directory_ / "simulator.log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0)
        become_simulator(pointers.data(), log.number(), parent);
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
}

void simulator_process::wait_until_ready() {
    const auto ready = directory_ / "simulator.json";
    const auto deadline = clock::now() + patience;
    const descriptor changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    ::inotify_add_watch(changes.number(), directory_.c_str(), IN_MOVED_TO);
    const descriptor process = watch_process(pid_);
    while (!std::filesystem::exists(ready)) {
        std::array<pollfd, 2> watched = {{{changes.number(), POLLIN, 0}, {process.number(), POLLIN, 0}}};
        const int count = ::poll(watched.data(), watched.size(), milliseconds_until(deadline));
        if (count == 0 || watched[1].revents != 0)
            throw std::runtime_error("the simulator did not start: " + read_all(directory_ / "simulator.log"));
        std::array<char, 4096> events{};
        [[maybe_unused]] const auto drained = ::read(changes.number(), events.data(), events.size());
    }
}

int simulator_process::wait_for_exit() {
    const descriptor process = watch_process(pid_);
    pollfd watched{process.number(), POLLIN, 0};
    if (::poll(&watched, 1, milliseconds_until(clock::now() + patience)) != 1)
        throw std::runtime_error("the simulator does not end");
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void simulator_process::end() noexcept {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

}  // namespace tunnelkeyd::support
