#include "daemon/commands/asked_entry.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

using namespace tunnelkeyd;
using lines = std::vector<std::string>;

namespace {

daemon::enters into(lines& entries) {
    return [&entries](std::string_view tunnel, const core::notice& event) {
        REQUIRE(event.fields.size() == 1);
        entries.push_back(std::string(event.name) + " " + std::string(tunnel) + ": " + event.message + "; " +
                          std::string(event.fields[0].first) + " " + event.fields[0].second);
    };
}

lines entries_of(const std::string& method, const std::string& target, const std::string& body = "") {
    lines entries;
    daemon::entering("/run/sock", into(entries))(method, target, body);
    return entries;
}

/// Where a daemon listens that lets nobody in yet.
struct listener {
    explicit listener(const std::string& path) : socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
        REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(socket, 1) == 0);
    }
    ~listener() { ::close(socket); }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    const int socket;
};

bool can_be_read(int socket) {
    pollfd watched{socket, POLLIN, 0};
    return ::poll(&watched, 1, 0) > 0;
}

}  // namespace

TEST_CASE("what changes something is entered, with the tunnel, what is asked and where") {
    CHECK(entries_of("POST", "/v1/tunnels/a%20b/pause") ==
          lines{"command.asked a b: the daemon is asked: POST /v1/tunnels/a%20b/pause; socket /run/sock"});
    CHECK(
        entries_of("POST", "/v1/pending/jira/resolve", R"({"how":"installed"})") ==
        lines{
            R"(command.asked jira: the daemon is asked: POST /v1/pending/jira/resolve {"how":"installed"}; socket /run/sock)"});
    CHECK(entries_of("POST", "/v1/reload").size() == 1);
}

TEST_CASE("what only looks is not entered") {
    for (const char* target : {"/status", "/status/jira", "/v1/history?tunnel=jira", "/v1/pending"})
        CHECK(entries_of("GET", target).empty());
}

TEST_CASE("it is entered once the daemon is there, and before it hears of it") {
    const support::temporary_directory directory;
    const auto path = directory / "control.sock";
    std::optional<listener> daemon(path);
    lines entries;
    const auto enter = daemon::entering(path, into(entries));
    const auto ask = daemon::by_socket(path, [&](const auto& method, const auto& target, const auto& body) {
        REQUIRE(can_be_read(daemon->socket));
        const int connected = ::accept(daemon->socket, nullptr, nullptr);
        CHECK_FALSE(can_be_read(connected));
        ::close(connected);
        enter(method, target, body);
    });
    // Nobody answers, and that is waited for.
    CHECK_THROWS_AS(ask("POST", "/v1/reload", "", std::chrono::milliseconds(50)), serve::control_error);
    CHECK(entries.size() == 1);

    daemon.reset();
    try {
        ask("POST", "/v1/reload", "", std::chrono::seconds(30));
        FAIL("nobody listens there");
    } catch (const serve::control_error& problem) {
        CHECK(problem.reason() == serve::control_error::kind::absent);
    }
    CHECK(entries.size() == 1);
}
