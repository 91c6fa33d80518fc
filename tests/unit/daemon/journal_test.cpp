#include "daemon/complaint.hpp"
#include "daemon/event_log.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>

using namespace tunnelkeyd;

namespace {

constexpr int cannot = 77;
constexpr const char* address = "/run/systemd/journal/socket";

const core::log_settings journald{core::log_level::info, core::log_format::journald};
const core::notice event{
    core::log_level::error, "rotation.held", "it is held", {{"gap_ms", "17"}, {"peer", "two\nlines"}}};

/// A socket at the journal's own address, in this process's private /run.
int bind_journal() {
    ::mkdir("/run/systemd", 0755);
    ::mkdir("/run/systemd/journal", 0755);
    const int bound = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strcpy(at.sun_path, address);
    if (::bind(bound, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
        ::_exit(cannot);
    return bound;
}

/// As systemd says that standard error goes to the journal.
void connect_standard_error() {
    struct stat status {};
    ::fstat(STDERR_FILENO, &status);
    ::setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).c_str(),
             1);
}

std::string received(int socket) {
    std::string datagram(64 * 1024, '\0');
    const auto size = ::recv(socket, datagram.data(), datagram.size(), MSG_DONTWAIT);
    return datagram.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
}

/// Runs `action` in a child that has /run and standard error (the file `errors`) for itself, and returns what
/// it returned. Nothing where that is not allowed.
std::optional<std::string> alone(const std::filesystem::path& errors,
                                 const std::function<std::string()>& action) {
    const support::temporary_directory directory;
    const auto answer = directory.path() / "answer";
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0)
            ::_exit(cannot);
        ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
        support::write_file(answer, action());
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == cannot) {
        std::cout << "skipped: no mount namespace of our own (run as root, not in a chroot)\n";
        return std::nullopt;
    }
    REQUIRE(status == 0);
    return support::read_file(answer);
}

/// The journal's native protocol: NAME=VALUE lines, or NAME, a length of 8 bytes (little endian) and the value.
std::map<std::string, std::string> parse_entry(std::string_view rest) {
    std::map<std::string, std::string> fields;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        if (const auto equals = line.find('='); equals != std::string_view::npos) {
            fields.emplace(line.substr(0, equals), line.substr(equals + 1));
            continue;
        }
        std::uint64_t size = 0;
        std::memcpy(&size, rest.data(), sizeof size);
        fields.emplace(line, rest.substr(sizeof size, size));
        rest.remove_prefix(sizeof size + size + 1);
    }
    return fields;
}

}  // namespace

TEST_CASE("an event reaches the journal as one entry with its fields") {
    const support::temporary_directory directory;
    const auto errors = directory.path() / "stderr";
    const auto entry = alone(errors, [] {
        const int journal = bind_journal();
        daemon::event_log(journald).write("jira", event);
        auto first = received(journal);
        return received(journal).empty() ? first : std::string("a second entry");
    });
    if (!entry)
        return;
    CHECK(parse_entry(*entry) == std::map<std::string, std::string>{
                                     {"MESSAGE", "rotation.held tunnel=jira: it is held"},
                                     {"PRIORITY", "3"},
                                     {"SYSLOG_IDENTIFIER", "tunnelkeyd"},
                                     {"EVENT", "rotation.held"},
                                     {"TUNNEL", "jira"},
                                     {"GAP_MS", "17"},
                                     {"PEER", "two\nlines"},
                                 });
    CHECK(support::read_file(errors).empty());
}

TEST_CASE("auto is the journal where standard error is connected to it, and follows a change of settings") {
    const support::temporary_directory directory;
    const auto errors = directory.path() / "stderr";
    const auto entries = alone(errors, [] {
        const int journal = bind_journal();
        connect_standard_error();
        daemon::event_log log({core::log_level::info, core::log_format::automatic});
        log.write("jira", event);
        log.flush(support::patience);
        auto all = received(journal);
        log.configure({core::log_level::info, core::log_format::text});
        log.write("jira", event);
        log.flush(support::patience);
        return all + received(journal);
    });
    if (!entries)
        return;
    CHECK(parse_entry(*entries).at("EVENT") == "rotation.held");
    const auto text = support::read_file(errors);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK(text.find("Z error rotation.held tunnel=jira gap_ms=17 peer=two\\nlines: it is held\n") !=
          std::string::npos);
}

TEST_CASE("where the journal is gone, lines with its priorities go to standard error") {
    const support::temporary_directory directory;
    const auto errors = directory.path() / "stderr";
    const auto answer = alone(errors, [] {
        daemon::event_log log(journald);
        log.write("jira", event);  // no socket
        ::close(bind_journal());
        log.write("", {core::log_level::warn, "store.warning", "x", {}});  // one that nobody listens on
        return std::string("done");
    });
    if (!answer)
        return;
    CHECK(support::read_file(errors) ==
          "<3>error rotation.held tunnel=jira gap_ms=17 peer=two\\nlines: it is held\n"
          "<4>warn  store.warning: x\n");
}

TEST_CASE("why the process ends is a line of its own, though all else goes to the journal as entries") {
    const support::temporary_directory directory;
    const auto errors = directory.path() / "stderr";
    const auto sent = alone(errors, [] {
        const int journal = bind_journal();
        connect_standard_error();
        daemon::event_log(journald).write_last(daemon::failure("no disk"));
        return received(journal);
    });
    if (!sent)
        return;
    CHECK(sent->empty());
    CHECK(support::read_file(errors) == "<3>daemon.failed: no disk\n");
}

TEST_CASE(
    "a complaint before there is a log is a line, with its priority and event where that is the journal's") {
    const support::temporary_directory directory;
    const auto errors = directory.path() / "stderr";
    const auto sent = alone(errors, [] {
        const core::notice complaint{
            core::log_level::error, "config.error", R"(defauls: did you mean "defaults"?)", {}};
        const int journal = bind_journal();
        daemon::complain(complaint);
        daemon::complain(complaint, "");
        connect_standard_error();
        daemon::complain(complaint);
        return received(journal);
    });
    if (!sent)
        return;
    CHECK(sent->empty());
    CHECK(support::read_file(errors) == "tunnelkeyd: defauls: did you mean \"defaults\"?\n"
                                        "defauls: did you mean \"defaults\"?\n"
                                        "<3>config.error: defauls: did you mean \"defaults\"?\n");
}
