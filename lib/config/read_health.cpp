#include "config/read_health.hpp"

#include "config/read_values.hpp"
#include "core/ip_address.hpp"
#include "core/whole_number.hpp"

#include <sys/socket.h>

#include <cstdint>

namespace tunnelkeyd::config {

namespace {

using namespace std::chrono_literals;

constexpr duration_limits any_length{0s, std::chrono::days(36'525)};
constexpr const char* examples = "write 127.0.0.1:9847, \"[::1]:9847\" (with the quotes), or none";

/// Sets `into`, or says what is wrong with `text`.
std::string parse(std::string_view text, core::listen_address& into) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || text.find('\0') != std::string_view::npos)
        return "is not an address with a port";
    auto host = text.substr(0, colon);
    const bool brackets = host.starts_with('[') && host.ends_with(']');
    if (!brackets && host.find(':') != std::string_view::npos)
        return "has an IPv6 address without brackets, or no port";
    if (brackets)
        host = host.substr(1, host.size() - 2);
    into.address = core::canonical_address(brackets ? AF_INET6 : AF_INET, std::string(host));
    if (into.address.empty())
        return brackets ? "has no IPv6 address within its brackets"
                        : "does not begin with a numeric address; names of hosts are not looked up here";
    const auto port = core::whole_number<std::uint16_t>(text.substr(colon + 1));
    if (!port)
        return "does not end with a port from 0 (any free one) to 65535";
    into.port = *port;
    return {};
}

}  // namespace

bool read(const field& from, std::optional<core::listen_address>& into) {
    const auto* text = scalar(from, std::string("an address and a port (") + examples + ")");
    if (text == nullptr)
        return false;
    if (*text == "none") {
        into.reset();
        return true;
    }
    core::listen_address address;
    if (const auto problem = parse(*text, address); !problem.empty()) {
        from.error(from.found() + " " + problem + "; " + examples);
        return false;
    }
    into = std::move(address);
    return true;
}

void read(const field& from, core::health_settings& into, problems& warnings) {
    mapping map(from);
    const auto listen = map.find("listen");
    if (listen && read(*listen, into.listen) && into.listen && !into.listen->is_loopback())
        warnings.add(listen->value->where, listen->at,
                     core::to_string(*into.listen) +
                         " is not a loopback address: anybody who can reach it can read the tunnels' names and "
                         "states, as there is no login and no TLS");
    map.read_into("gap_failing_after", into.gap_failing_after, any_length);
    map.read_into("overdue_failing_after", into.overdue_failing_after, any_length);
    map.finish();
}

}  // namespace tunnelkeyd::config
