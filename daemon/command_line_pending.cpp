#include "core/whole_number.hpp"
#include "daemon/command_line_parts.hpp"

#include <cstdint>
#include <memory>

namespace tunnelkeyd::daemon {

namespace {

struct pending_words {
    pending_command command;
    bool installed = false;
    bool regenerate = false;
};
using words = std::shared_ptr<pending_words>;

/// What is wrong with it; "" where nothing is.
std::string objection_to_number(const std::string& text) {
    return core::whole_number<std::uint64_t>(text).value_or(0) > 0
               ? ""
               : "\"" + text + "\" is no key's number; tunnelkeyd pending shows it";
}

CLI::App* add_reveal(CLI::App& app, const words& given) {
    auto* added = app.add_subcommand("reveal", "Print the key of an open key gap, to be installed by hand");
    added->add_option("TUNNEL", given->command.tunnel, "The tunnel's name")->type_name("")->required();
    added->add_flag("--yes", given->command.yes, "Do it: the key is printed in plain text");
    added->footer("The key alone goes to standard output, and what to do with it to standard error.\n"
                  "For root and the daemon's user only. Example:\n"
                  "  tunnelkeyd pending reveal jira --yes");
    return added;
}

CLI::App* add_resolve(CLI::App& app, const words& given) {
    auto* added = app.add_subcommand("resolve", "End an open key gap by hand");
    added->add_option("TUNNEL", given->command.tunnel, "The tunnel's name")->type_name("")->required();
    auto* installed = added->add_flag("--installed", given->installed,
                                      "The key was installed by hand: nothing is left to do");
    added->add_flag("--regenerate", given->regenerate, "Give the stored key up, and ask for another one")
        ->excludes(installed);
    added->add_option("--key", given->command.number, "Only if this is still the stored key's number")
        ->type_name("NUMBER")
        ->check(objection_to_number);
    added->footer("For root and the daemon's user only. Examples:\n"
                  "  tunnelkeyd pending resolve jira --installed --key 4\n"
                  "  tunnelkeyd pending resolve jira --regenerate");
    return added;
}

pending_command resolving(const pending_words& given) {
    auto command = given.command;
    command.what = pending_command::action::resolve;
    if (!given.installed && !given.regenerate)
        throw CLI::RequiredError("--installed or --regenerate");
    if (given.regenerate)
        command.how = core::resolution::regenerate;
    return command;
}

}  // namespace

std::vector<command_words> add_pending(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("pending", "Show open key gaps, and end them by hand");
    const auto given = std::make_shared<pending_words>();
    added->require_subcommand(0, 1);
    add_json(*added, into);
    added->footer("Without a daemon it reads the state store. Examples:\n"
                  "  tunnelkeyd pending\n"
                  "  tunnelkeyd pending reveal jira --yes\n"
                  "  tunnelkeyd pending resolve jira --installed --key 4");
    const auto* reveal = add_reveal(*added, given);
    const auto* resolve = add_resolve(*added, given);
    return {{added, [given, reveal, resolve](command_line& to) {
                 if (reveal->parsed())
                     given->command.what = pending_command::action::reveal;
                 to.command = resolve->parsed() ? resolving(*given) : given->command;
             }}};
}

}  // namespace tunnelkeyd::daemon
