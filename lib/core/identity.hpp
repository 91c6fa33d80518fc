#pragma once

#include <compare>
#include <functional>
#include <string>

namespace tunnelkeyd::core {

/// What makes a tunnel the same tunnel over renames, reloads and restarts: the organization's id and the
/// hostname at the cloud side. State is kept under it, and sealed keys are bound to it.
struct identity {
    std::string organization_id;
    std::string hostname;

    auto operator<=>(const identity&) const = default;
};

struct identity_hash {
    std::size_t operator()(const identity& id) const noexcept {
        const auto first = std::hash<std::string>{}(id.organization_id);
        return first ^ (std::hash<std::string>{}(id.hostname) + 0x9e3779b97f4a7c15ULL + (first << 6));
    }
};

}  // namespace tunnelkeyd::core
