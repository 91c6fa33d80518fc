#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

namespace tunnelkeyd::daemon {

/// Prints examinations one after another, each at once.
///
/// For people: a line a check, with its remedy below it, in 80 columns; what comes from peers is escaped. For
/// programs: {"tunnels": [{"tunnel", "passed", "checks": [{"check", "result", "found", "remedy"}]}]}.
class examination_printer {
public:
    enum class form : unsigned char { text, text_in_colour, json };
    examination_printer(std::ostream& out, form how) : out_(out), how_(how) {}

    /// One examination, as in docs/control.md. Throws std::exception where it is not.
    void print(const std::string& json);
    /// Behind the last one: the sum, and for people which failed.
    void end();

    [[nodiscard]] bool all_passed() const noexcept { return failed_ == 0; }

private:
    std::ostream& out_;
    form how_;
    std::size_t printed_ = 0;
    std::size_t failed_ = 0;
    std::size_t warned_ = 0;    ///< passed, with warnings
    std::string failed_names_;  ///< of the first few that failed: ": jira, confluence"
};

/// In colour where standard output is a terminal and $NO_COLOR is not set (https://no-color.org).
examination_printer::form text_for_standard_output();

}  // namespace tunnelkeyd::daemon
