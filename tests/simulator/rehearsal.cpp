#include "simulator/rehearsal.hpp"

#include "config/load.hpp"
#include "simulator/copy_configuration.hpp"
#include "simulator/description.hpp"
#include "simulator/random_text.hpp"

#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace fs = std::filesystem;

const char* not_set(const char*) {
    return nullptr;
}

/// What the instance accepts; the other kind of credentials is one that nobody has.
void set_credentials(tunnel& at, const core::instance_auth& auth, const made_up_secrets& secrets) {
    at.token = random_token(24);
    at.username = "rotator";
    at.password = random_token(24);
    if (const auto* bearer = std::get_if<core::bearer_auth>(&auth)) {
        at.token = secrets.in(bearer->token.value);
    } else {
        const auto& account = std::get<core::basic_auth>(auth);
        at.username = account.username;
        at.password = secrets.in(account.password.value);
    }
}

tunnel tunnel_of(const core::tunnel& from, const made_up_secrets& secrets) {
    const auto& url = from.instance.url;
    tunnel made;
    made.name = from.name;
    made.organization = from.organization.name;
    made.id = uuid_of(from.organization.id + "/" + from.hostname);
    made.hostname = from.hostname;
    made.context = url.path.substr(1 + from.name.size());
    made.instance_url = url.text();
    made.on_premise_url = from.instance.on_premise_url.value_or(url).text();
    set_credentials(made, from.instance.auth, secrets);
    return made;
}

/// The copy itself says what is to be served, so that it fits whatever stands in the defaults.
inventory inventory_of(const core::config& copy, const made_up_secrets& secrets) {
    inventory made;
    for (const auto& each : copy.organizations)
        made.organizations.push_back({each.name, each.id, secrets.in(each.api_key.value)});
    for (const auto& each : copy.tunnels)
        made.tunnels.push_back(tunnel_of(each, secrets));
    return made;
}

core::config read_back(const std::string& text, const fs::path& file) {
    auto loaded = config::load_text(text, file.string(), not_set);
    if (!loaded.value)
        throw std::runtime_error("the copy cannot be used: " + loaded.errors.front());
    return std::move(*loaded.value);
}

}  // namespace

std::optional<rehearsed_configuration> read_for_rehearsal(const fs::path& file, std::ostream& complaints) {
    auto loaded = config::load_file(file, not_set);
    for (const auto* list : {&loaded.warnings, &loaded.errors})
        for (const auto& line : *list)
            complaints << line << '\n';
    if (!loaded.value)
        return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    return rehearsed_configuration{{std::istreambuf_iterator<char>(in), {}}, std::move(*loaded.value)};
}

std::string why_not_rehearse_in(const fs::path& directory, const fs::path& file) {
    const auto cannot = [&](const char* name, const char* why) {
        return (directory / name).string() + why + "; name another --directory";
    };
    std::error_code unknown;  // of a file that cannot be looked at, which reading it will say
    if (fs::equivalent(directory / "config.yaml", file, unknown))
        return cannot("config.yaml", " would be overwritten by its copy");
    if (!fs::exists(directory / "simulator.json"))
        for (const char* name : {"config.yaml", "secrets", "state"})
            if (fs::exists(directory / name))
                return cannot(name, " exists, and no simulator made it");
    return "";
}

rehearsal rehearse(const rehearsed_configuration& real, const addresses& at, const fs::path& directory,
                   std::uint16_t health_port) {
    make_private_directory(directory / "secrets");
    make_private_directory(directory / "state");
    made_up_secrets secrets(directory / "secrets");
    rehearsal made;
    made.copy = directory / "config.yaml";
    if (real.config.health.listen)
        made.health_listen = "127.0.0.1:" + std::to_string(health_port);
    const copy_aim aim{at, directory, made.health_listen};
    const auto text = copy_configuration(real.text, real.config, aim, secrets);
    made.served = inventory_of(read_back(text, made.copy), secrets);
    write_file(made.copy, text, 0600);
    return made;
}

}  // namespace tunnelkeyd::simulator
