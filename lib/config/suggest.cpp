#include "config/suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t longest = 40;

char folded(char c) {
    return c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Optimal string alignment distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::array<std::size_t, longest + 1>, longest + 1> cost{};
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            cost[i][j] =
                std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string_view suggest(std::string_view misspelt, std::span<const std::string_view> words) {
    if (misspelt.empty() || misspelt.size() > longest || !std::isalpha(static_cast<unsigned char>(misspelt[0])))
        return {};
    std::string_view best;
    std::size_t fewest = std::clamp<std::size_t>(misspelt.size() / 3, 1, 3) + 1;
    for (const auto word : words) {
        const auto edits = distance(misspelt, word.substr(0, longest));
        if (edits < fewest) {
            fewest = edits;
            best = word;
        }
    }
    return best;
}

}  // namespace tunnelkeyd::config
