#include "core/no_proxy.hpp"

#include "core/whole_number.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace tunnelkeyd::core {

namespace {

/// An IPv4 or IPv6 address; `size` in bytes.
struct address {
    std::array<unsigned char, 16> bytes{};
    std::size_t size = 0;
};

std::optional<address> parse_address(std::string_view text) {
    const std::string terminated(text);
    address found;
    for (const auto& [family, size] : {std::pair{AF_INET, 4U}, {AF_INET6, 16U}}) {
        if (::inet_pton(family, terminated.c_str(), found.bytes.data()) == 1) {
            found.size = size;
            return found;
        }
    }
    return std::nullopt;
}

bool same_bits(const address& one, const address& other, std::size_t count) {
    for (std::size_t bit = 0; bit < count; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if ((one.bytes[bit / 8] & mask) != (other.bytes[bit / 8] & mask))
            return false;
    }
    return true;
}

/// `network`: an address, or one with the length of its prefix.
bool is_within(const address& host, std::string_view network) {
    const auto slash = network.find('/');
    const auto base = parse_address(network.substr(0, slash));
    if (!base || base->size != host.size)
        return false;
    const auto length = slash == std::string_view::npos ? std::optional(static_cast<unsigned>(8 * host.size))
                                                        : whole_number<unsigned>(network.substr(slash + 1));
    return length && *length <= 8 * host.size && same_bits(host, *base, *length);
}

bool equal_but_for_case(std::string_view one, std::string_view other) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

/// The name itself, or one below it.
bool is_below(std::string_view host, std::string_view domain) {
    if (domain.ends_with('.'))
        domain.remove_suffix(1);
    if (domain.starts_with('.'))
        domain.remove_prefix(1);
    if (domain.empty() || domain.size() > host.size())
        return false;
    const auto tail = host.substr(host.size() - domain.size());
    return equal_but_for_case(tail, domain) &&
           (tail.size() == host.size() || host[host.size() - tail.size() - 1] == '.');
}

/// An entry without its port and its brackets; nothing where the port is another one.
std::optional<std::string_view> without_port(std::string_view entry, std::uint16_t port) {
    std::string_view named;
    if (entry.starts_with('[')) {
        const auto end = std::min(entry.find(']'), entry.size());
        named = entry.substr(std::min(end + 1, entry.size()));
        entry = entry.substr(1, end - 1);
    } else if (std::count(entry.begin(), entry.end(), ':') == 1) {
        named = entry.substr(entry.find(':'));
        entry = entry.substr(0, entry.find(':'));
    }
    if (named.empty())
        return entry;
    if (!named.starts_with(':') || whole_number<unsigned>(named.substr(1)) != std::optional<unsigned>(port))
        return std::nullopt;
    return entry;
}

}  // namespace

std::string_view find_no_proxy(const base_url& target, std::string_view list) {
    constexpr std::string_view between = ", \t";
    if (list == "*")
        return list;
    const auto host = parse_address(target.host);
    while (!list.empty()) {
        const auto entry = list.substr(0, list.find_first_of(between));
        list.remove_prefix(std::min(entry.size() + 1, list.size()));
        const auto named = without_port(entry, target.port);
        if (named && (host ? is_within(*host, *named) : is_below(target.host, *named)))
            return entry;
    }
    return {};
}

}  // namespace tunnelkeyd::core
