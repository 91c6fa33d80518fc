#pragma once

#include <cstddef>
#include <string>

namespace tunnelkeyd::core {

/// "1 tunnel", "2 tunnels".
inline std::string count_text(std::size_t number, const std::string& what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace tunnelkeyd::core
