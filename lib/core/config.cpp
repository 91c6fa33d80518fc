#include "core/config.hpp"

namespace tunnelkeyd::core {

std::string describe(const secret_reference& reference) {
    switch (reference.from) {
    case secret_reference::source::file:
        return "file " + reference.value;
    case secret_reference::source::credential:
        return "credential " + reference.value;
    case secret_reference::source::env:
        return "environment variable " + reference.value;
    }
    return {};
}

bool listen_address::is_loopback() const {
    return address == "::1" || address.starts_with("127.");
}

std::string to_string(const listen_address& address) {
    const bool brackets = address.address.find(':') != std::string::npos;
    return (brackets ? "[" + address.address + "]" : address.address) + ":" + std::to_string(address.port);
}

}  // namespace tunnelkeyd::core
