#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

/// `first` and the text, broken at blanks into lines of at most `columns`; the lines behind the first are
/// indented by `first`'s width. A word that is longer than that has a line of its own, whole: URLs and paths
/// are copied. For printable ASCII, each of which takes a column. Ends with a line end.
std::string wrapped(const std::string& first, std::string_view text, std::size_t columns);

/// At most `columns` long: "jira-produc...eu-west-1", since names often differ at their ends.
std::string shortened(const std::string& text, std::size_t columns);

}  // namespace tunnelkeyd::daemon
