#pragma once

#include <algorithm>
#include <cstdio>
#include <vector>

namespace tunnelkeyd::bench {

/// A figure of several runs: the median is printed, with the lowest and the highest.
struct series {
    const char* name;
    const char* unit;
    std::vector<double> values;

    void print() {
        std::sort(values.begin(), values.end());
        std::printf("%-46s %9.3f %-6s (%.3f to %.3f)\n", name, values[values.size() / 2], unit, values.front(),
                    values.back());
    }
};

}  // namespace tunnelkeyd::bench
