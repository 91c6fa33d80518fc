#include "net/proxy_hop.hpp"

#include "core/authorization.hpp"
#include "core/proxy.hpp"

#include <utility>

namespace tunnelkeyd::net {

proxy_hop find_hop(const endpoint& to, const ports::secrets& secrets) {
    const auto& settings = to.proxy;
    const auto variables = [&secrets](const std::string& name) { return ports::read_variable(secrets, name); };
    auto route = core::find_route(to.url, settings, variables);
    proxy_hop hop;
    hop.setting.append(to.side).append(".proxy");
    hop.why = core::describe(route);
    if (!route.problem.empty())
        hop.problem = hop.setting + ": " + route.problem;
    hop.proxy = std::move(route.proxy);
    hop.by_environment = settings.from == core::proxy_settings::source::environment;
    if (route.login)
        hop.authorization = core::basic_authorization(*route.login);
    if (hop.proxy && settings.password) {
        auto read = secrets.read(*settings.password);
        if (const auto* password = std::get_if<core::secret>(&read))
            hop.authorization = core::basic_authorization(settings.username, *password);
        else
            hop.problem = hop.setting + ".password: " + std::get<ports::secret_error>(read).message;
    }
    return hop;
}

}  // namespace tunnelkeyd::net
