#pragma once

#include <filesystem>
#include <string>

namespace tunnelkeyd::crash {

/// What a state directory holds of its only tunnel's rotation.
struct store_look {
    enum class state {
        nothing,  ///< no store, or no rotation ever sent anything
        intent,   ///< the gap may be open, and there is no key
        sealed,   ///< a key, not yet installed
        done,     ///< the gap is closed
    };
    state found = state::nothing;
    bool confirmation_owed = false;
    std::string problem;  ///< why the store cannot be opened
};

/// Looks at a copy: nothing is changed, whatever opening a store does. No daemon may be running.
store_look look_into(const std::filesystem::path& state_directory);

}  // namespace tunnelkeyd::crash
