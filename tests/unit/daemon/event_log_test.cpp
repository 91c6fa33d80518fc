#include "daemon/event_log.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace tunnelkeyd;

namespace {

/// What is written to standard error meanwhile.
std::string standard_error_of(const std::function<void()>& action) {
    const support::temporary_directory directory;
    const auto file = directory.path() / "stderr";
    std::fflush(stderr);
    const int kept = ::dup(STDERR_FILENO);
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(to, STDERR_FILENO);
    action();
    std::fflush(stderr);
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    ::close(to);
    return support::read_file(file);
}

std::string logged(core::log_settings settings, const core::notice& event) {
    return standard_error_of([&] { daemon::event_log(settings).write("jira", event); });
}

const core::notice hostile{core::log_level::warn,
                           "rotation.refused",
                           "HTTP 500 (text/x\n2026-01-01 INFO  forged\x1b[31m\xff)",
                           {{"status", "5\"00"}}};

}  // namespace

TEST_CASE("a text line has time, level, event, tunnel and fields, and no colour in a file") {
    const auto line =
        logged({core::log_level::info, core::log_format::text},
               {core::log_level::info, "rotation.minted", "the cloud made a new key", {{"generation", "3"}}});
    CHECK(line.find("Z info  rotation.minted tunnel=jira generation=3: the cloud made a new key\n") !=
          std::string::npos);
    CHECK(line.find('\x1b') == std::string::npos);
}

TEST_CASE("what a peer sent cannot forge a line, colour a terminal, or break JSON") {
    const auto text = logged({core::log_level::info, core::log_format::text}, hostile);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK(text.find('\x1b') == std::string::npos);

    const auto line = logged({core::log_level::info, core::log_format::json}, hostile);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    const auto event = nlohmann::json::parse(line);
    CHECK(event.at("event") == "rotation.refused");
    CHECK(event.at("tunnel") == "jira");
    CHECK(event.at("level") == "warn");
    CHECK(event.at("status") == "5\"00");
}

TEST_CASE("auto is JSON where standard error is neither a terminal nor the journal") {
    CHECK(nlohmann::json::accept(logged({core::log_level::info, core::log_format::automatic}, hostile)));
}

TEST_CASE("what is below the configured level is not written") {
    CHECK(logged({core::log_level::error, core::log_format::json}, hostile).empty());
    CHECK_FALSE(logged({core::log_level::warn, core::log_format::json}, hostile).empty());
}

TEST_CASE("level and format change while it runs") {
    const auto all = standard_error_of([] {
        daemon::event_log log({core::log_level::error, core::log_format::json});
        log.write("jira", hostile);
        log.configure({core::log_level::warn, core::log_format::text});
        log.write("jira", hostile);
        log.configure({core::log_level::warn, core::log_format::json});
        log.write("jira", hostile);
        log.configure({core::log_level::error, core::log_format::json});
        log.write("jira", hostile);
    });
    REQUIRE(std::count(all.begin(), all.end(), '\n') == 2);
    const auto second = all.find('\n') + 1;
    CHECK(all.substr(0, second).find("Z warn  rotation.refused tunnel=jira") != std::string::npos);
    CHECK(nlohmann::json::accept(all.substr(second)));
}

TEST_CASE("threads may write while the settings change, and each event is a whole line") {
    constexpr int threads = 4;
    constexpr int each = 200;
    const auto all = standard_error_of([] {
        daemon::event_log log({core::log_level::info, core::log_format::json});
        std::vector<std::thread> writers;
        for (int i = 0; i < threads; ++i)
            writers.emplace_back([&log] {
                for (int n = 0; n < each; ++n)
                    log.write("jira", hostile);
            });
        for (int n = 0; n < each; ++n)
            log.configure(
                {core::log_level::info, n % 2 == 0 ? core::log_format::text : core::log_format::json});
        for (auto& writer : writers)
            writer.join();
    });
    std::istringstream in(all);
    int count = 0;
    for (std::string line; std::getline(in, line); ++count)
        CHECK((nlohmann::json::accept(line) || line.ends_with(R"(forged\u001b[31m\ufffd))")));
    CHECK(count == threads * each);
}

TEST_CASE("a log that nobody reads keeps nobody from writing, and says what it has left out once it is read") {
    constexpr int events = 40'000;  // more than there is room for
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const int kept = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
    std::string all;
    std::thread reader;
    {
        daemon::event_log log({core::log_level::info, core::log_format::json});
        for (int n = 0; n < events; ++n)
            log.write("jira", {core::log_level::info,
                               "rotation.planned",
                               std::string(500, 'x'),
                               {{"number", std::to_string(n)}}});
        reader = std::thread([&] {
            std::array<char, 65536> bytes{};
            for (ssize_t size = 0; (size = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
                all.append(bytes.data(), static_cast<std::size_t>(size));
        });
        log.flush(std::chrono::seconds(30));
        CHECK(log.waits() == core::duration(0));
    }
    ::dup2(kept, STDERR_FILENO);  // the last end that was written to
    ::close(kept);
    reader.join();
    ::close(ends[0]);

    std::istringstream in(all);
    int count = 0;
    int missing = 0;
    for (std::string line; std::getline(in, line);) {
        const auto event = nlohmann::json::parse(line);
        if (event.at("event") == "log.left_out")
            missing += std::stoi(event.at("count").get<std::string>());
        else
            CHECK(event.at("number") == std::to_string(count++));
    }
    CHECK(count > 10'000);
    CHECK(missing > 0);
    CHECK(count + missing == events);
}
