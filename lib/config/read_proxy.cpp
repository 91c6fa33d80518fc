#include "config/read_proxy.hpp"

#include "config/read_tunnel.hpp"
#include "config/read_values.hpp"
#include "config/secrets.hpp"
#include "core/proxy_url.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::config {

namespace {

using source = core::proxy_settings::source;

bool read_url(const field& from, core::base_url& into) {
    const auto* text = scalar(from, "a URL");
    if (text == nullptr)
        return false;
    auto parsed = core::parse_proxy_url(*text);
    if (parsed.problem.empty() && parsed.login)
        parsed.problem = "has a password in it; write http://HOST:PORT, and beside it username and password";
    if (parsed.problem.empty() && text->find("://") == std::string_view::npos)
        parsed.problem = "begins with no http://; write http://HOST:PORT";
    if (!parsed.problem.empty()) {
        from.error(parsed.problem);
        return false;
    }
    into = std::move(parsed.url);
    return true;
}

bool read_login(mapping& map, const field& from, core::proxy_settings& into) {
    const auto username = map.find("username");
    const auto password = map.find("password");
    bool good = !username || read_username(*username, into.username);
    core::secret_reference reference;
    if (password && read(*password, reference))
        into.password = std::move(reference);
    else
        good = good && !password;
    if (map.has("username") != map.has("password")) {
        from.error(
            "username and password belong together: write both, or neither where the proxy wants no login");
        return false;
    }
    return good;
}

/// Calls `each(setting, route)` for all that `environment` decides.
void for_routes(const core::config& settings, const environment& lookup, auto&& each) {
    const secret_reader secrets(lookup);  // as it is read when a connection is made
    const auto variables = [&secrets](const std::string& name) { return ports::read_variable(secrets, name); };
    if (settings.cloud.proxy.from == source::environment)
        each(std::string("cloud.proxy"), core::find_route(settings.cloud.url, settings.cloud.proxy, variables));
    for (std::size_t i = 0; i < settings.tunnels.size(); ++i)
        if (const auto& instance = settings.tunnels[i].instance; instance.proxy.from == source::environment)
            each("tunnels[" + std::to_string(i) + "].instance.proxy",
                 core::find_route(instance.url, instance.proxy, variables));
}

}  // namespace

void read(const field& from, core::proxy_settings& into) {
    if (from.value->type != node::kind::map) {
        core::proxy_settings said;
        if (from.value->type == node::kind::scalar && from.value->text.find("://") != std::string_view::npos)
            from.error("must be none, environment, or a mapping: {url: \"http://HOST:PORT\"}");
        else if (read(from, said.from, core::proxy_source_words))
            into = std::move(said);
        return;
    }
    mapping map(from);
    core::proxy_settings said{source::configuration};
    const auto url = map.require("url", "write \"http://HOST:PORT\"");
    const bool placed = url && read_url(*url, said.url);
    const bool good = read_login(map, from, said);
    map.finish();
    if (placed && good)
        into = std::move(said);
}

std::vector<std::string> environment_errors(const core::config& settings, const environment& lookup) {
    std::vector<std::string> problems;
    std::vector<std::string> lines;
    for_routes(settings, lookup, [&](const std::string& setting, const core::proxy_route& route) {
        if (route.problem.empty() ||
            std::find(problems.begin(), problems.end(), route.problem) != problems.end())
            return;
        problems.push_back(route.problem);
        lines.push_back(setting + " is environment, and " + route.problem +
                        "; or set the proxy here: {url: \"http://HOST:PORT\"}, or none");
    });
    return lines;
}

std::vector<std::string> environment_routes(const core::config& settings, const environment& lookup) {
    std::vector<std::string> lines;
    for_routes(settings, lookup, [&](const std::string& setting, const core::proxy_route& route) {
        lines.push_back(setting + ": " + core::describe(route));
    });
    return lines;
}

}  // namespace tunnelkeyd::config
