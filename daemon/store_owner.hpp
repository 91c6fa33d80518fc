#pragma once

#include <optional>
#include <string>

namespace tunnelkeyd::daemon {

/// Why this process must not open the state store in a directory to write to it.
struct objection {
    bool of_another_user = false;  ///< else everybody may write into the directory
    std::string what;              ///< with the remedy
};

/// What one user makes in another's directory that one cannot open; and where everybody may write nobody's word
/// can be taken. Nothing where the directory is not there, or cannot be looked at: opening it says why. Root's
/// directory that its group may write to is anybody's whom it lets in: so Kubernetes hands out volumes
/// (fsGroup).
std::optional<objection> objection_to_opening(const std::string& directory);

}  // namespace tunnelkeyd::daemon
