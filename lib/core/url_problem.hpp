#pragma once

#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// What is wrong with the host or the port of a text that parse_base_url() does not take, and the remedy, for
/// people: "has port 99999, and ports go from 1 to 65535". "" where it is something else, or where a password
/// may be in the text. Of the text it repeats a number for the port at most.
std::string server_problem(std::string_view url);

}  // namespace tunnelkeyd::core
