#include "daemon/usage_error.hpp"

#include "config/suggest.hpp"
#include "daemon/printable.hpp"

#include <string_view>
#include <vector>

namespace tunnelkeyd::daemon {

namespace {

/// Where the words led before they went wrong: the command, or the program.
struct place {
    const CLI::App* app;
    std::string before;  ///< "pending "
};

place reached(const CLI::App& program) {
    place at{&program, ""};
    for (auto below = program.get_subcommands(); !below.empty(); below = at.app->get_subcommands())
        at = {below.front(), at.before + below.front()->get_name() + " "};
    return at;
}

/// "pending resolve: "
std::string command_in(const place& at) {
    return at.before.empty() ? "" : at.before.substr(0, at.before.size() - 1) + ": ";
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(each->get_name());
    return names;
}

/// Without the dashes.
std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* each : app.get_options())
        names.insert(names.end(), each->get_lnames().begin(), each->get_lnames().end());
    return names;
}

std::string did_you_mean(std::string_view misspelt, const std::vector<std::string>& words,
                         const std::string& dashes = "") {
    const std::vector<std::string_view> views(words.begin(), words.end());
    const auto meant = config::suggest(misspelt, views);
    return meant.empty() ? "" : "; did you mean \"" + dashes + std::string(meant) + "\"?";
}

std::string all_commands(const place& at) {
    std::string all;
    for (const auto& each : commands_of(*at.app))
        all += (all.empty() ? "" : ", ") + each;
    return "\n  -> there are: " + all;
}

std::string see_help(const place& at) {
    return "\n  -> tunnelkeyd " + at.before + "--help shows what it takes";
}

std::string unknown_option(const place& at, const CLI::App& program, const std::string& word) {
    const auto name = word.substr(0, word.find('=')).substr(word.find_first_not_of('-'));
    auto words = options_of(*at.app);
    if (at.app != &program)
        for (auto& each : options_of(program))
            words.push_back(std::move(each));
    return at.before + printable(word) + ": there is no such option" + did_you_mean(name, words, "--") +
           see_help(at);
}

}  // namespace

std::string usage_text(const CLI::App& app, const CLI::ParseError& problem) {
    const auto at = reached(app);
    auto left = app.remaining(true);
    std::erase(left, "--");
    // An error of words that are left over has the program's name in place of its own.
    const auto code = static_cast<CLI::ExitCodes>(problem.get_exit_code());
    const bool too_many = code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError;
    const bool wants_command = !commands_of(*at.app).empty();
    if (!too_many || (left.empty() && !wants_command))
        return command_in(at) + printable(problem.what()) + see_help(at);
    if (left.empty())
        return "no command was given" + all_commands(at);
    const auto& word = left.front();
    if (word.find_first_not_of('-') != std::string::npos && word.starts_with('-'))
        return unknown_option(at, app, word);
    if (wants_command)
        return "there is no command \"" + at.before + printable(word) + "\"" +
               did_you_mean(word, commands_of(*at.app)) + all_commands(at);
    return at.before + printable(word) + ": that is one word too many" + see_help(at);
}

}  // namespace tunnelkeyd::daemon
