#include "daemon/process.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace tunnelkeyd::daemon {

void open_missing_streams() {
    // What is opened gets the lowest number that is free. Where there is no /dev/null nothing can be done.
    int opened = STDIN_FILENO;
    while (opened >= STDIN_FILENO && opened <= STDERR_FILENO)
        opened = ::open("/dev/null", O_RDWR);
    if (opened > STDERR_FILENO)
        ::close(opened);
}

void harden_process() {
    ::umask(0077);
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void share_one_heap() {
    ::mallopt(M_ARENA_MAX, 1);
}

std::size_t descriptors_needed(std::size_t tunnels) {
    constexpr std::size_t own = 64;        // the log, the store, the loop
    constexpr std::size_t clients = 160;   // of the health endpoints
    constexpr std::size_t at_work = 1280;  // rotations at most, see lib/app/supervisor_turns.cpp
    // Each has a connection to the cloud and one to its instance, and perhaps one of either that lies idle.
    return own + clients + 4 * std::min(tunnels, at_work);
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace tunnelkeyd::daemon
