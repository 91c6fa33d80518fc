#include "core/url.hpp"

#include "core/ip_address.hpp"
#include "core/whole_number.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <sys/socket.h>

#include <algorithm>

namespace tunnelkeyd::core {

namespace {

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

/// An IPv6 address stands in brackets.
std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

/// Not by Boost 1.81's port_number(): that takes 99999 for 34463.
std::optional<std::uint16_t> parse_port(std::string_view digits) {
    const auto port = whole_number<std::uint16_t>(digits);
    return port != 0 ? port : std::nullopt;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return text;
}

}  // namespace

bool base_url::is_loopback() const {
    // "127.evil.example" and "127.0.0.256" are names.
    const bool is_ipv4 = !canonical_address(AF_INET, host).empty();
    return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
           (is_ipv4 && host.starts_with("127."));
}

std::string base_url::authority() const {
    std::string text = bracketed(host);
    if (port != default_port(scheme))
        text += ":" + std::to_string(port);
    return text;
}

std::string base_url::host_and_port() const {
    return bracketed(host) + ":" + std::to_string(port);
}

std::string base_url::text() const {
    return scheme + "://" + authority() + path;
}

std::optional<base_url> parse_base_url(std::string_view text) {
    if (text.size() > 2048)
        return std::nullopt;
    auto parsed = boost::urls::parse_uri(text);
    if (!parsed || parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment())
        return std::nullopt;
    // Boost 1.81 ends the host of http://127.0.0.1.evil.example behind the fourth number, and takes the rest
    // for a path. A path behind an authority begins with a slash (RFC 3986, section 3.3).
    if (!parsed->encoded_path().empty() && parsed->encoded_path().front() != '/')
        return std::nullopt;
    boost::urls::url url(*parsed);
    url.normalize();

    base_url result;
    result.scheme = url.scheme();
    if (result.scheme != "https" && result.scheme != "http")
        return std::nullopt;
    result.host = lower(url.host_address());
    if (url.host_type() == boost::urls::host_type::ipv6)
        result.host = canonical_address(AF_INET6, result.host);
    if (result.host.ends_with('.'))
        result.host.pop_back();
    if (result.host.empty() || result.host.size() > 253 || url.host_type() == boost::urls::host_type::ipvfuture)
        return std::nullopt;
    if (result.host.starts_with('.') || result.host.ends_with('.') ||
        result.host.find("..") != std::string::npos)
        return std::nullopt;  // an empty label
    if (url.host_type() == boost::urls::host_type::name &&
        result.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") != std::string::npos)
        return std::nullopt;
    const auto port = parsed->port().empty() ? default_port(result.scheme) : parse_port(parsed->port());
    if (!port)
        return std::nullopt;
    result.port = *port;
    result.path = url.encoded_path();
    while (result.path.ends_with('/'))
        result.path.pop_back();
    return result;
}

}  // namespace tunnelkeyd::core
