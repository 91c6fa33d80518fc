#include "core/ip_address.hpp"

#include <arpa/inet.h>

#include <array>

namespace tunnelkeyd::core {

std::string canonical_address(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (::inet_pton(family, text.c_str(), bytes.data()) != 1 ||
        ::inet_ntop(family, bytes.data(), written.data(), written.size()) == nullptr)
        return {};
    return written.data();
}

}  // namespace tunnelkeyd::core
