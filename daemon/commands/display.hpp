#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tunnelkeyd::daemon {

/// What a command prints to.
struct display {
    std::size_t columns = 80;
    std::size_t rows = 24;
    bool terminal = false;
    bool colour = false;
};

/// Standard output: 80 columns, or the terminal's within 40 to 120. Colour only on a terminal, and never where
/// $NO_COLOR is set (no-color.org) or $TERM is "dumb".
display standard_output();

enum class paint : std::uint8_t { plain, bold, dim, green, yellow, red };

/// The text as it is, where there is no colour.
std::string painted(const std::string& text, paint in, const display& on);

}  // namespace tunnelkeyd::daemon
