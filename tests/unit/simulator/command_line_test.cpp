#include "simulator/command_line.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>

using namespace tunnelkeyd::simulator;
using Catch::Matchers::Contains;
using tunnelkeyd::support::write_file;

namespace {

struct parsed {
    std::optional<simulation_settings> settings;
    int exit_status = 0;
    std::string complaints;
};

parsed parse(std::vector<const char*> words) {
    words.insert(words.begin(), "tunnelkeyd-simulator");
    const std::ostringstream complaints;
    auto* const usual = std::cerr.rdbuf(complaints.rdbuf());
    parsed made;
    made.settings = parse_command_line(static_cast<int>(words.size()), words.data(), made.exit_status);
    std::cerr.rdbuf(usual);
    made.complaints = complaints.str();
    return made;
}

}  // namespace

TEST_CASE("a configuration to be rehearsed is read with the command line") {
    const tunnelkeyd::support::temporary_directory own;
    const auto file = own / "real.yaml";
    write_file(file, "version: 1\nlog: {level: warn}\n");
    const auto made = parse({"--rehearse", file.c_str()});
    REQUIRE(made.settings);
    REQUIRE(made.settings->directory == "rehearsal");
    REQUIRE(made.settings->rehearsed->config.log.level == tunnelkeyd::core::log_level::warn);
}

TEST_CASE("a configuration with errors ends the simulator with 78, as it does the daemon") {
    const tunnelkeyd::support::temporary_directory own;
    const auto file = own / "real.yaml";
    write_file(file, "version: 2\n");
    const auto made = parse({"--rehearse", file.c_str(), "--directory", own.path().c_str()});
    REQUIRE_FALSE(made.settings);
    REQUIRE(made.exit_status == 78);
    REQUIRE_THAT(made.complaints, Contains("real.yaml:1:10: version: "));
}

TEST_CASE("a directory with somebody's own files is refused with 64, and so is rehearsing what is generated") {
    const tunnelkeyd::support::temporary_directory own;
    const auto file = own / "config.yaml";
    write_file(file, "version: 1\n");
    const auto here = parse({"--rehearse", file.c_str(), "--directory", own.path().c_str()});
    REQUIRE(here.exit_status == 64);
    REQUIRE_THAT(here.complaints, Contains("would be overwritten by its copy"));
    for (const auto* option : {"--tunnels=3", "--organizations=2", "--shared-token", "--write-config=x"}) {
        const auto made = parse({"--rehearse", file.c_str(), option});
        CHECK(made.exit_status == 64);
        CHECK_THAT(made.complaints, Contains("excludes"));
    }
}

TEST_CASE("a directory may be left out of a rehearsal only") {
    const auto made = parse({"--tunnels", "3"});
    REQUIRE(made.exit_status == 64);
    REQUIRE_THAT(made.complaints, Contains("--directory is required"));
}
