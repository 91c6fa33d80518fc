#pragma once

#include <map>
#include <set>
#include <string>

namespace tunnelkeyd::testing {

/// The text format of Prometheus, read strictly enough for these tests.
struct metrics_text {
    std::map<std::string, double> series;      ///< by everything before the value: name{label="value"}
    std::map<std::string, std::string> types;  ///< by the family's name
    std::set<std::string> helps;               ///< families with a HELP that says something

    /// Of a series that must be there.
    [[nodiscard]] double at(const std::string& name) const { return series.at(name); }
    /// How many series begin with this.
    [[nodiscard]] std::size_t count(const std::string& prefix) const;
};

/// Throws std::runtime_error for a line that it cannot read, and for a series that is there twice.
metrics_text parse_metrics(const std::string& text);

}  // namespace tunnelkeyd::testing
