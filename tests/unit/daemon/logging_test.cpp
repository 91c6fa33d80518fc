#include "daemon/logging.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

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
    return standard_error_of([&] { daemon::make_log(settings)->write("jira", event); });
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

TEST_CASE("auto is JSON where standard error is no terminal") {
    CHECK(nlohmann::json::accept(logged({core::log_level::info, core::log_format::automatic}, hostile)));
}

TEST_CASE("what is below the configured level is not written") {
    CHECK(logged({core::log_level::error, core::log_format::json}, hostile).empty());
    CHECK_FALSE(logged({core::log_level::warn, core::log_format::json}, hostile).empty());
}
