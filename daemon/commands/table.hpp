#pragma once

#include "daemon/commands/display.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

struct cell {
    std::string text;  ///< printable ASCII
    paint in = paint::plain;
};

/// Columns are as wide as their widest cell, with two blanks between them. Where that is wider than the
/// display, the cells of one column are shortened.
struct table {
    std::vector<std::string> header;
    std::size_t shrinks = 0;  ///< the column that gives way, down to eight characters
    std::vector<std::vector<cell>> rows;
};

void print(std::ostream& out, const table& what, const display& on);

}  // namespace tunnelkeyd::daemon
