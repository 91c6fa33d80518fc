#include "serve/routes.hpp"

#include <boost/url/pct_string_view.hpp>

namespace tunnelkeyd::serve {

namespace {

constexpr std::string_view health_prefix = "/healthz/";
constexpr std::string_view status_prefix = "/status/";

/// What is no percent-encoding stays as it is.
std::string decode(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        const auto piece = text.substr(0, text[0] == '%' ? 3 : 1);
        const auto encoded = boost::urls::make_pct_string_view(piece);
        decoded += encoded ? encoded->decode() : std::string(1, text[0]);
        text.remove_prefix(encoded ? piece.size() : 1);
    }
    return decoded;
}

std::string_view path_of(std::string_view target) {
    if (constexpr std::string_view scheme = "http://"; target.starts_with(scheme)) {
        const auto slash = target.find_first_of("/?", scheme.size());
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    return target.substr(0, target.find_first_of("?#"));
}

page page_of(std::string_view path) {
    if (path == "/livez")
        return page::live;
    if (path == "/readyz")
        return page::ready;
    if (path == "/healthz")
        return page::health;
    if (path == "/status")
        return page::status;
    if (path == "/metrics")
        return page::metrics;
    if (path.starts_with(health_prefix) && path != health_prefix)
        return page::tunnel_health;
    return path.starts_with(status_prefix) && path != status_prefix ? page::tunnel_status : page::none;
}

}  // namespace

route route_of(std::string_view target) {
    const auto path = path_of(target);
    route found{page_of(path), std::string(path), {}};
    if (found.what == page::tunnel_health)
        found.tunnel = decode(path.substr(health_prefix.size()));
    if (found.what == page::tunnel_status)
        found.tunnel = decode(path.substr(status_prefix.size()));
    return found;
}

}  // namespace tunnelkeyd::serve
