#include "support/child_process.hpp"
#include "support/control_fixture.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <optional>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using support::temporary_directory;

namespace {

struct listener {
    using place = std::string;
    explicit listener(const std::string& where) : server(loop, where, good_look(), metrics, daemon, log) {}

    boost::asio::io_context loop;
    serve::metrics_registry metrics;
    fake_operations daemon;
    tests::fake_log log;
    serve::control_server server;
};

mode_t mode_of(const std::string& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 ? found.st_mode : 0;
}

/// Leaves a socket's file to which nobody listens.
void leave_socket(const std::string& path) {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(made);
}

/// As failure_to_listen<listener>(), in a process of another user. No other thread runs.
std::string failure_of_another_user(const std::string& where) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const auto child = ::fork();
    if (child == 0) {
        std::string text = "it listens";
        try {
            if (::setgid(23456) == 0 && ::setuid(23456) == 0)
                const listener made(where);
        } catch (const serve::listen_error& error) {
            text = error.what();
        }
        (void)!::write(pipe[1], text.data(), text.size());
        ::_exit(0);
    }
    ::close(pipe[1]);
    std::array<char, 1024> text{};
    const auto size = ::read(pipe[0], text.data(), text.size());
    ::close(pipe[0]);
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

TEST_CASE("the socket is open to its owner and group, whatever the umask, and gone with the server") {
    const temporary_directory directory;
    const auto path = directory / "c.sock";
    for (const mode_t mask : {0, 022, 077, 0777}) {
        const auto before = ::umask(mask);
        std::optional<listener> made;
        CHECK_NOTHROW(made.emplace(path));
        CHECK(::umask(before) == mask);
        CHECK(mode_of(path) == (S_IFSOCK | 0660));
        CHECK_NOTHROW(client(path));
        made.reset();
        CHECK(support::files_in(directory.path()).empty());
    }
}

TEST_CASE("a socket that was left behind is replaced") {
    const temporary_directory directory;
    const auto path = directory / "c.sock";
    leave_socket(path);
    CHECK_THROWS(client(path));
    const listener made(path);
    CHECK_NOTHROW(client(path));
}

TEST_CASE("a socket at which another daemon listens is a temporary failure, and stays that one's") {
    const control_fixture first;
    const auto failed = failure_to_listen<listener>(first.socket);
    CHECK(failed.temporary);
    CHECK(failed.message == "cannot listen on " + first.socket +
                                ": another process listens there; end it, or choose another control.socket");
    CHECK(first.get("/livez").status == 200);
}

TEST_CASE("what is no socket is never removed") {
    const temporary_directory directory;
    const auto path = directory / "c.sock";
    support::write_file(path, "precious");
    const auto failed = failure_to_listen<listener>(path);
    CHECK_FALSE(failed.temporary);
    CHECK(failed.message == "cannot listen on " + path +
                                ": something else than a socket lies there; move it away, or choose another "
                                "control.socket");
    CHECK(support::read_file(path) == "precious");
    std::filesystem::remove(path);
    leave_socket(directory / "elsewhere");
    std::filesystem::create_symlink(directory / "elsewhere", path);
    CHECK_FALSE(failure_to_listen<listener>(path).temporary);
    CHECK(std::filesystem::is_symlink(path));
}

TEST_CASE("a directory that is not there says how it is made") {
    const temporary_directory directory;
    const auto failed = failure_to_listen<listener>(directory / "no/c.sock");
    CHECK_FALSE(failed.temporary);
    CHECK(failed.message ==
          "cannot listen on " + (directory / "no/c.sock") + ": there is no directory " + (directory / "no") +
              "; under systemd set RuntimeDirectory=, else make it (mkdir " + (directory / "no") +
              ", owned by the daemon's user), or choose another control.socket");
}

TEST_CASE("what the daemon's user may not do says who has to do it") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can become another user\n";
        return;
    }
    const temporary_directory directory;
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
    const auto path = directory / "c.sock";
    const std::string end = ", or choose another control.socket";
    CHECK(failure_of_another_user(path) == "cannot listen on " + path +
                                               ": Permission denied; let the daemon's user write into " +
                                               directory.path().native() + end);
    leave_socket(path);
    CHECK(failure_of_another_user(path) ==
          "cannot listen on " + path +
              ": another user's socket lies there; remove it, if nobody listens there" + end);
}

TEST_CASE("a path that is longer than the kernel takes is refused") {
    CHECK_FALSE(failure_to_listen<listener>("/" + std::string(107, 'x')).temporary);
}

TEST_CASE("two daemons that start at once do not take each other for a stale socket") {
    const temporary_directory directory;
    leave_socket(directory / "c.sock");
    const int held = ::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(::flock(held, LOCK_EX) == 0);
    CHECK(failure_to_listen<listener>(directory / "c.sock").temporary);
    CHECK(S_ISSOCK(mode_of(directory / "c.sock")));
    ::close(held);
    CHECK_NOTHROW(listener(directory / "c.sock"));
}

TEST_CASE("a server that ends leaves a socket alone that is not its own") {
    const temporary_directory directory;
    const auto path = directory / "c.sock";
    {
        const listener made(path);
        std::filesystem::rename(path, directory / "kept");  // so that its number is not given out again
        leave_socket(path);
    }
    CHECK(S_ISSOCK(mode_of(path)));
}
