#include "simulator/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace tunnelkeyd::simulator {

namespace {

constexpr int usage = 64;          // EX_USAGE
constexpr int configuration = 78;  // EX_CONFIG, as of the daemon

/// Returns how to end, 0: not at all.
int add_rehearsal(simulation_settings& settings, const std::filesystem::path& file) {
    if (settings.directory.empty())
        settings.directory = "rehearsal";
    if (const auto why = why_not_rehearse_in(settings.directory, file); !why.empty()) {
        std::cerr << "tunnelkeyd-simulator: " << why << '\n';
        return usage;
    }
    settings.rehearsed = read_for_rehearsal(file, std::cerr);
    return settings.rehearsed ? 0 : configuration;
}

}  // namespace

std::optional<simulation_settings> parse_command_line(int argc, const char* const* argv, int& exit_status) {
    CLI::App program(
        "Simulates Atlassian's admin API and self-managed instances, for trying tunnelkeyd on one machine");
    simulation_settings settings;
    configuration_wish wish;
    auto* directory =
        program.add_option("--directory", settings.directory, "Where ca.pem and simulator.json go");
    std::filesystem::path real;
    auto* rehearse = program.add_option(
        "--rehearse", real,
        "Serve the tunnels of this configuration of tunnelkeyd, and write a copy of it that points here, with "
        "made-up secrets: DIRECTORY/config.yaml, by default rehearsal/config.yaml");
    program.add_option("--tunnels", settings.generated.tunnels, "How many tunnels there are")
        ->capture_default_str()
        ->excludes(rehearse);
    program
        .add_option("--organizations", settings.generated.organizations, "How many organizations they are in")
        ->capture_default_str()
        ->check(CLI::Range(1U, 10'000U))
        ->excludes(rehearse);
    program.add_option("--cloud-port", settings.cloud_port, "The admin API's port; 0 for any free one");
    program.add_option("--instance-port", settings.instance_port, "The instances' port");
    program.add_option("--control-port", settings.control_port, "The control endpoint's port");
    program.add_flag("--shared-token", settings.generated.shared_token, "One token for all instances")
        ->excludes(rehearse);
    auto* file = program.add_option("--write-config", wish.file, "Write a configuration of tunnelkeyd there")
                     ->excludes(rehearse);
    const auto for_configuration = [&](const char* name, auto& value, const char* help) {
        return program.add_option(name, value, help)->needs(file);
    };
    for_configuration("--state-directory", wish.state_directory,
                      "Its state.directory; default: DIRECTORY/state");
    for_configuration("--every", wish.every, "Its schedule: how often each tunnel rotates");
    for_configuration("--jitter", wish.jitter, "Its schedule: the jitter");
    for_configuration("--first", wish.first, "Its schedule: what a new tunnel does")
        ->check(CLI::IsMember({"now", "wait"}));
    try {
        program.parse(argc, argv);
        if (rehearse->empty() && directory->empty())
            throw CLI::RequiredError("--directory");
    } catch (const CLI::ParseError& error) {
        exit_status = program.exit(error) == 0 ? 0 : usage;
        return std::nullopt;
    }
    if (!rehearse->empty()) {
        exit_status = add_rehearsal(settings, real);
        if (exit_status != 0)
            return std::nullopt;
    }
    if (!wish.file.empty())
        settings.configuration = wish;
    return settings;
}

}  // namespace tunnelkeyd::simulator
