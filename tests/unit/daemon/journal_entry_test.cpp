#include "daemon/journal_entry.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace tunnelkeyd;
using daemon::journal_fields;
using lines = std::vector<std::string>;

TEST_CASE("a journal entry has message, priority, identifier, event, tunnel and each field") {
    const core::notice event{core::log_level::warn,
                             "rotation.backoff",
                             "the next attempt is in 30s",
                             {{"rotation", "2026-12-05T02:00:00.000Z"}, {"gap_ms", "17"}}};
    CHECK(journal_fields("jira", event) ==
          lines{"MESSAGE=rotation.backoff tunnel=jira: the next attempt is in 30s", "PRIORITY=4",
                "SYSLOG_IDENTIFIER=tunnelkeyd", "EVENT=rotation.backoff", "TUNNEL=jira",
                "ROTATION=2026-12-05T02:00:00.000Z", "GAP_MS=17"});
    CHECK(journal_fields("", {core::log_level::info, "daemon.started", "up", {}}) ==
          lines{"MESSAGE=daemon.started: up", "PRIORITY=6", "SYSLOG_IDENTIFIER=tunnelkeyd",
                "EVENT=daemon.started"});
}

TEST_CASE("the journal's priorities are those of syslog") {
    using core::log_level;
    CHECK(daemon::journal_priority(log_level::error) == 3);
    CHECK(daemon::journal_priority(log_level::warn) == 4);
    CHECK(daemon::journal_priority(log_level::info) == 6);
    CHECK(daemon::journal_priority(log_level::debug) == 7);
    CHECK(daemon::journal_priority(log_level::trace) == 7);
}

TEST_CASE("a field's name is one that the journal takes, and none of the entry's own") {
    const auto name_of = [](std::string_view key) {
        const auto field = journal_fields("", {core::log_level::info, "e", "m", {{key, "v"}}}).back();
        REQUIRE(field.ends_with("=v"));
        return field.substr(0, field.size() - 2);
    };
    CHECK(name_of("retry-in.ms") == "RETRY_IN_MS");
    CHECK(name_of("x2") == "X2");
    CHECK(name_of("J\xC3\xBCrgen") == "J__RGEN");
    CHECK(name_of("a=b\nMESSAGE=forged") == "A_B_MESSAGE_FORGED");
    CHECK(name_of("2x") == "FIELD_2X");
    CHECK(name_of("_pid") == "FIELD__PID");
    CHECK(name_of("") == "FIELD_");
    CHECK(name_of("message") == "FIELD_MESSAGE");
    CHECK(name_of("tunnel") == "FIELD_TUNNEL");
    CHECK(name_of(std::string(100, 'a')).size() == 64);
    CHECK(name_of(std::string(100, '_')).size() == 64);
}

TEST_CASE("control characters are escaped in an entry's message, and kept in its fields") {
    const auto fields =
        journal_fields("jira", {core::log_level::info, "e", "a\nb\x1b[31m", {{"peer", "a\nb\x1b[31m"}}});
    CHECK(fields.front() == "MESSAGE=e tunnel=jira: a\\nb\\u001b[31m");
    CHECK(fields.back() == "PEER=a\nb\x1b[31m");
}

TEST_CASE("standard error is the journal only if it is the very stream that $JOURNAL_STREAM names") {
    const support::temporary_directory directory;
    const int file = ::open((directory.path() / "f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    struct stat status {};
    REQUIRE(::fstat(file, &status) == 0);
    const auto device = std::to_string(status.st_dev);
    CHECK(daemon::is_journal((device + ":" + std::to_string(status.st_ino)).c_str(), file));
    CHECK_FALSE(daemon::is_journal((device + ":" + std::to_string(status.st_ino + 1)).c_str(), file));
    for (const char* text : {static_cast<const char*>(nullptr), "", ":", "1", "x:y"})
        CHECK_FALSE(daemon::is_journal(text, file));
    ::close(file);
    CHECK_FALSE(daemon::is_journal((device + ":" + std::to_string(status.st_ino)).c_str(), file));
}
