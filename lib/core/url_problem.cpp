#include "core/url_problem.hpp"

#include "core/url.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

namespace {

/// HOST[:PORT] of SCHEME://HOST[:PORT]/...; "" where there may be a user.
std::string_view server_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos || url.find('@') != std::string_view::npos)
        return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

/// What stands behind the host's colon, "" where there is none.
std::string_view port_of(std::string_view server) {
    const auto bracket = server.rfind(']');
    const auto colon = server.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return colon == std::string_view::npos ? std::string_view() : server.substr(colon + 1);
}

std::string_view host_problem(std::string_view server) {
    const bool percent = server.find('%') != std::string_view::npos;
    const bool colons = std::count(server.begin(), server.end(), ':') > 1;
    const bool bracket = server.starts_with('[');
    if (percent && (bracket || colons))
        return "has an IPv6 address with a zone (%...), and none is taken; write one without, or a name";
    const bool ascii = std::all_of(server.begin(), server.end(), [](unsigned char c) { return c < 0x80; });
    if (percent || !ascii)
        return "has a host's name with letters other than a to z; write it as name servers know it, "
               "xn--... (`idn2 NAME` prints that)";
    if (colons && !bracket && server.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos)
        return "has an IPv6 address without brackets; write it as in https://[2001:db8::7]:8443";
    return {};
}

}  // namespace

std::string server_problem(std::string_view url) {
    constexpr std::size_t shown = 10;
    const auto server = server_of(url);
    if (const auto problem = host_problem(server); !problem.empty())
        return std::string(problem);
    const auto port = port_of(server);
    const bool number = port.find_first_not_of("0123456789") == std::string_view::npos;
    if (number && !parse_base_url("https://any:" + std::string(port)))
        return "has port " + std::string(port.substr(0, shown)) + (port.size() > shown ? "..." : "") +
               ", and ports go from 1 to 65535";
    return {};
}

}  // namespace tunnelkeyd::core
