#include "core/proxy.hpp"

#include "core/no_proxy.hpp"
#include "core/proxy_url.hpp"

#include <initializer_list>

namespace tunnelkeyd::core {

namespace {

struct variable {
    std::string name;
    secret value;
};

std::optional<variable> first_of(std::initializer_list<const char*> names, const variable_lookup& lookup) {
    for (const char* name : names)
        if (auto value = lookup(name); value && !value->empty())
            return variable{name, std::move(*value)};
    return std::nullopt;
}

/// Printable, and not too long: the environment is not ours.
std::string shown(std::string_view entry) {
    constexpr std::size_t longest = 80;
    std::string text;
    for (const char c : entry.substr(0, longest))
        text += c > ' ' && c <= '~' ? c : '?';
    return text;
}

proxy_route by_environment(const base_url& target, const variable_lookup& lookup) {
    proxy_route route;
    auto named = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, lookup);
    if (!named) {
        route.why = "none of $HTTPS_PROXY, $https_proxy, $ALL_PROXY and $all_proxy is set";
        return route;
    }
    if (const auto list = first_of({"no_proxy", "NO_PROXY"}, lookup))
        if (const auto entry = find_no_proxy(target, list->value.reveal()); !entry.empty()) {
            route.why = "$" + list->name + " has " + shown(entry);
            return route;
        }
    route.why = "$" + named->name;
    auto found = parse_proxy_url(named->value.reveal());
    if (!found.problem.empty()) {
        route.problem = "$" + named->name + " " + found.problem;
        return route;
    }
    route.proxy = std::move(found.url);
    route.login = std::move(found.login);
    return route;
}

}  // namespace

proxy_route find_route(const base_url& target, const proxy_settings& settings,
                       const variable_lookup& variables) {
    proxy_route route;
    if (!target.is_https()) {
        route.why = "plain http takes none";
        return route;
    }
    switch (settings.from) {
    case proxy_settings::source::none:
        route.why = "none is configured";
        break;
    case proxy_settings::source::environment:
        return by_environment(target, variables);
    case proxy_settings::source::configuration:
        route.proxy = settings.url;
        break;
    }
    return route;
}

std::string describe(const proxy_route& route) {
    if (!route.problem.empty())
        return route.problem;
    if (!route.proxy)
        return "no proxy: " + route.why;
    return proxy_text(*route.proxy) + (route.why.empty() ? "" : " (" + route.why + ")");
}

}  // namespace tunnelkeyd::core
