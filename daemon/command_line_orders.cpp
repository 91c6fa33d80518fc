#include "daemon/command_line_parts.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

namespace {

command_words add_rotate(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("rotate", "Rotate tunnels now, whatever their schedules and windows say");
    const auto given = std::make_shared<rotate_command>();
    auto* tunnels = added->add_option("TUNNEL", given->tunnels, "The tunnels' names")->type_name("");
    added->add_flag("--all", given->all, "Every tunnel of the configuration, paused ones too")
        ->excludes(tunnels);
    added->add_flag("--wait", given->wait, "Wait for their ends, and exit 1 if one fails");
    add_json(*added, into);
    added->footer("An open key gap is waited for, however long it takes; Ctrl-C ends the waiting,\n"
                  "and not the rotations. Without a daemon: tunnelkeyd run --once --tunnel NAME.\n"
                  "Examples:\n"
                  "  tunnelkeyd rotate jira\n"
                  "  tunnelkeyd rotate jira confluence --wait\n"
                  "  tunnelkeyd rotate --all --wait");
    return {added, [given](command_line& to) {
                if (!given->all && given->tunnels.empty())
                    throw CLI::RequiredError("TUNNEL or --all");
                to.command = *given;
            }};
}

command_words add_pausing(CLI::App& app, command_line& into, bool pause, const std::string& what,
                          const std::string& footer) {
    auto* added = app.add_subcommand(pause ? "pause" : "resume", what);
    const auto given = std::make_shared<pause_command>();
    given->pause = pause;
    added->add_option("TUNNEL", given->tunnels, "The tunnels' names")->type_name("")->required();
    add_json(*added, into);
    added->footer(footer);
    return {added, [given](command_line& to) { to.command = *given; }};
}

command_words add_reload(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("reload", "Let the daemon read its configuration again");
    add_json(*added, into);
    added->footer("With errors in it the old one stays in force, and this prints all of them and\nexits 78. "
                  "Example:\n"
                  "  tunnelkeyd reload");
    return {added, [](command_line& to) { to.command = reload_command{}; }};
}

}  // namespace

std::vector<command_words> add_orders(CLI::App& app, command_line& into) {
    return {add_rotate(app, into),
            add_pausing(app, into, true, "Let no scheduled rotation of a tunnel begin",
                        "It lasts until resumed. An open key gap is closed all the same, and rotate, or\n"
                        "run --once --tunnel, rotates it all the same. Examples:\n"
                        "  tunnelkeyd pause jira\n"
                        "  tunnelkeyd pause jira confluence --json"),
            add_pausing(app, into, false, "Let a paused tunnel rotate again",
                        "What came due meanwhile is caught up at once, or when its windows open. Example:\n"
                        "  tunnelkeyd resume jira"),
            add_reload(app, into)};
}

}  // namespace tunnelkeyd::daemon
