#include "simulator/description.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace tunnelkeyd::simulator {

namespace {

/// The text as YAML reads it back: JSON's quoting is YAML's.
std::string scalar(const std::string& text) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
    };
    return std::ranges::all_of(text, plain) ? text : nlohmann::json(text).dump();
}

std::string scalar(const std::filesystem::path& path) {
    return scalar(path.string());
}

/// Writes the secret and returns the reference to it.
std::string keep(const std::filesystem::path& file, const std::string& secret) {
    write_file(file, secret + "\n", 0600);
    return "{file: " + scalar(file) + "}";
}

std::string schedule_of(const configuration_wish& wish) {
    std::string text;
    for (const auto& [key, value] :
         {std::pair{"every", &wish.every}, {"jitter", &wish.jitter}, {"first", &wish.first}})
        if (!value->empty())
            text += (text.empty() ? "" : ", ") + std::string(key) + ": " + *value;
    return text;
}

/// What all tunnels have in common, so that a line for one stays short.
std::string defaults(const truth& all, const addresses& at, const simulation_settings& settings) {
    std::string text = "defaults:\n";
    if (const auto schedule = schedule_of(*settings.configuration); !schedule.empty())
        text += "  schedule: {" + schedule + "}\n";
    text += "  instance:\n    tls: {ca_file: " + scalar(at.ca_file) + "}\n";
    if (settings.generated.shared_token && !all.tunnels().empty())
        text +=
            "    auth: {bearer: " + keep(settings.directory / "secrets/token", all.tunnels().front().token) +
            "}\n";
    return text;
}

std::string line_for(const tunnel& at, bool one_organization, const simulation_settings& settings) {
    std::string text = "  - {name: " + at.name;
    if (!one_organization)
        text += ", organization: " + at.organization;
    text += ", hostname: " + at.hostname + ", instance: {url: " + scalar(at.instance_url);
    if (!settings.generated.shared_token)
        text +=
            ", auth: {bearer: " + keep(settings.directory / "secrets" / (at.name + "-token"), at.token) + "}";
    return text + "}}\n";
}

}  // namespace

void write_configuration(const truth& all, const addresses& at, const simulation_settings& settings) {
    const auto& wish = *settings.configuration;
    const auto secrets = settings.directory / "secrets";
    make_private_directory(secrets);
    const auto state = wish.state_directory.empty() ? settings.directory / "state"
                                                    : std::filesystem::absolute(wish.state_directory);
    make_private_directory(state);
    std::string text = "version: 1\nstate: {directory: " + scalar(state) + "}\n";
    text += "control: {socket: " + scalar(settings.directory / "control.sock") + "}\n";
    text += "cloud:\n  url: " + scalar(at.cloud_url) +
            "\n  proxy: none\n  tls: {ca_file: " + scalar(at.ca_file) + "}\n";
    text += "organizations:\n";
    for (const auto& each : all.organizations())
        text += "  - {name: " + each.name + ", id: " + each.id +
                ", api_key: " + keep(secrets / (each.name + "-api-key"), each.api_key) + "}\n";
    text += defaults(all, at, settings);
    text += all.tunnels().empty() ? "tunnels: []\n" : "tunnels:\n";
    for (const auto& each : all.tunnels())
        text += line_for(each, all.organizations().size() == 1, settings);
    write_file(wish.file, text, 0600);
}

}  // namespace tunnelkeyd::simulator
