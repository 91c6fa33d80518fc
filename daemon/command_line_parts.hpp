#pragma once

#include "daemon/command_line.hpp"

#include <CLI/CLI.hpp>

#include <functional>

/// Private to command_line*.cpp.
namespace tunnelkeyd::daemon {

/// One command of the command line.
struct command_words {
    CLI::App* app;
    /// Called when it was given, and all its words are in place: puts it into the result. Throws
    /// CLI::ParseError.
    std::function<void(command_line&)> take;
};

/// Each adds commands to `app`. `into` gets what they have in common; it outlives the parsing.
std::vector<command_words> add_work(CLI::App& app, command_line& into);     // run, check, version
std::vector<command_words> add_plan(CLI::App& app, command_line& into);     // plan
std::vector<command_words> add_looks(CLI::App& app, command_line& into);    // status, history, preflight
std::vector<command_words> add_orders(CLI::App& app, command_line& into);   // rotate, pause, resume, reload
std::vector<command_words> add_pending(CLI::App& app, command_line& into);  // pending

core::duration read_duration(const std::string& option, const std::string& text);
CLI::Option* add_json(CLI::App& app, command_line& into, const std::string& what = "Print JSON");

}  // namespace tunnelkeyd::daemon
