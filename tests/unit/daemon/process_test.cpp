#include "daemon/process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tunnelkeyd;

TEST_CASE("a hardened process leaves no core dump, and files for its owner alone") {
    // In a child: it cannot be taken back.
    const pid_t child = ::fork();
    if (child == 0) {
        daemon::harden_process();
        rlimit core{};
        ::getrlimit(RLIMIT_CORE, &core);
        const bool hardened = core.rlim_cur == 0 && core.rlim_max == 0 &&
                              ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && ::umask(0) == 0077;
        ::_exit(hardened ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("standard streams that are closed lead nowhere, and those that are open stay what they are") {
    const pid_t child = ::fork();
    if (child == 0) {
        struct stat null {};
        struct stat before {};
        ::stat("/dev/null", &null);
        ::fstat(STDOUT_FILENO, &before);
        ::close(STDIN_FILENO);
        ::close(STDERR_FILENO);
        daemon::open_missing_streams();
        struct stat seen[4] = {};
        for (int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            ::fstat(each, &seen[each]);
        const bool good = seen[0].st_rdev == null.st_rdev && seen[1].st_ino == before.st_ino &&
                          seen[2].st_rdev == null.st_rdev && ::open("/", O_RDONLY) > STDERR_FILENO;
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("as many descriptors may be open as the system lets us") {
    const auto now = daemon::raise_descriptor_limit();
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    CHECK(now == limit.rlim_cur);
    CHECK(limit.rlim_cur == limit.rlim_max);
}

TEST_CASE(
    "the descriptors that tunnels need grow with them, but not beyond those that may be at work at once") {
    CHECK(daemon::descriptors_needed(0) > 0);
    CHECK(daemon::descriptors_needed(100) == daemon::descriptors_needed(0) + 400);
    CHECK(daemon::descriptors_needed(10'000) == daemon::descriptors_needed(100'000));
    CHECK(daemon::descriptors_needed(100'000) < 65'536);  // LimitNOFILE= of the unit
}
