#pragma once

#include <array>
#include <string>

namespace tunnelkeyd::crash {

/// What the daemon finds when it is started to be killed.
enum class scenario {
    first,   ///< nothing: no state directory
    opened,  ///< a store that has never seen the tunnel
    intent,  ///< the intent of a regenerate that was killed while it was under way
    sealed,  ///< a sealed key, killed while its install was under way
    once,    ///< nothing, and it is `run --once`
};
inline constexpr std::array all_scenarios = {scenario::first, scenario::opened, scenario::intent,
                                             scenario::sealed, scenario::once};

inline std::string to_string(scenario from) {
    constexpr std::array names = {"first", "opened", "intent", "sealed", "once"};
    return names.at(static_cast<std::size_t>(from));
}

}  // namespace tunnelkeyd::crash
