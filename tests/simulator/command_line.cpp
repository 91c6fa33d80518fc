#include "simulator/command_line.hpp"

#include <CLI/CLI.hpp>

namespace tunnelkeyd::simulator {

std::optional<simulation_settings> parse_command_line(int argc, const char* const* argv, int& exit_status) {
    CLI::App program(
        "Simulates Atlassian's admin API and self-managed instances, for trying tunnelkeyd on one machine");
    simulation_settings settings;
    configuration_wish wish;
    program.add_option("--directory", settings.directory, "Where ca.pem and simulator.json go")->required();
    program.add_option("--tunnels", settings.tunnels, "How many tunnels there are")->capture_default_str();
    program.add_option("--organizations", settings.organizations, "How many organizations they are in")
        ->capture_default_str()
        ->check(CLI::Range(1U, 10'000U));
    program.add_option("--cloud-port", settings.cloud_port, "The admin API's port; 0 for any free one");
    program.add_option("--instance-port", settings.instance_port, "The instances' port");
    program.add_option("--control-port", settings.control_port, "The control endpoint's port");
    program.add_flag("--shared-token", settings.shared_token, "One token for all instances");
    auto* file = program.add_option("--write-config", wish.file, "Write a configuration of tunnelkeyd there");
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
    } catch (const CLI::ParseError& error) {
        exit_status = program.exit(error) == 0 ? 0 : 64;
        return std::nullopt;
    }
    if (!wish.file.empty())
        settings.configuration = wish;
    return settings;
}

}  // namespace tunnelkeyd::simulator
