#include "daemon/commands/table.hpp"

#include "daemon/commands/wrap.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>

namespace tunnelkeyd::daemon {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;

std::vector<std::size_t> widths_of(const table& what, std::size_t columns) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < what.header.size(); ++i) {
        widths.push_back(what.header[i].size());
        for (const auto& row : what.rows)
            widths[i] = std::max(widths[i], row[i].text.size());
    }
    const auto total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    if (total > columns) {
        auto& gives_way = widths[what.shrinks];
        const auto least = std::min(gives_way, narrowest);
        gives_way = std::max(least, gives_way - std::min(gives_way, total - columns));
    }
    return widths;
}

void print_row(std::ostream& out, const std::vector<cell>& row, const std::vector<std::size_t>& widths,
               const display& on) {
    std::string blanks;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto text = shortened(row[i].text, widths[i]);
        if (text.empty()) {
            blanks.append(widths[i] + gap, ' ');
            continue;
        }
        out << blanks << painted(text, row[i].in, on);
        blanks.assign(widths[i] - text.size() + gap, ' ');
    }
    out << '\n';
}

}  // namespace

void print(std::ostream& out, const table& what, const display& on) {
    const auto widths = widths_of(what, on.columns);
    std::vector<cell> header;
    for (const auto& title : what.header)
        header.push_back({title, paint::dim});
    print_row(out, header, widths, on);
    for (const auto& row : what.rows)
        print_row(out, row, widths, on);
}

}  // namespace tunnelkeyd::daemon
