#pragma once

#include <CLI/CLI.hpp>

#include <string>

/// Private to command_line*.cpp.
namespace tunnelkeyd::daemon {

/// What is wrong with the words that `app` has just failed to parse, and what would be right.
std::string usage_text(const CLI::App& app, const CLI::ParseError& problem);

}  // namespace tunnelkeyd::daemon
