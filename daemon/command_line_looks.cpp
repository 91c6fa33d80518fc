#include "daemon/command_line_parts.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

namespace {

command_words add_status(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("status", "Show what is going on, what is wrong, and what to do about it");
    const auto given = std::make_shared<status_command>();
    added->add_option("TUNNEL", given->tunnel, "Everything about this one")->type_name("");
    auto* watch = added->add_flag("--watch", given->watch, "Draw it again each second, until Ctrl-C");
    added->add_flag("--all", given->all, "All tunnels and problems, however many they are");
    add_json(*added, into, "Print JSON: what the daemon answers to /status")->excludes(watch);
    added->footer("Exits 1 when the verdict is failing, else 0. Without a daemon it shows what the\n"
                  "state store holds. Examples:\n"
                  "  tunnelkeyd status\n"
                  "  tunnelkeyd status jira\n"
                  "  tunnelkeyd status --watch");
    return {added, [given](command_line& to) { to.command = *given; }};
}

command_words add_history(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("history", "Show past rotations, the newest first");
    const auto given = std::make_shared<history_command>();
    added->add_option("TUNNEL", given->tunnel, "Of this one alone")->type_name("");
    added->add_option("--limit", given->limit, "So many at most (20)")
        ->type_name("N")
        ->check(CLI::Range(1U, 1000U));
    add_json(*added, into);
    added->footer("Without a daemon it reads the state store. Examples:\n"
                  "  tunnelkeyd history\n"
                  "  tunnelkeyd history jira --limit 100 --json");
    return {added, [given](command_line& to) { to.command = *given; }};
}

command_words add_preflight(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("preflight", "Check all that a rotation needs, and rotate nothing");
    const auto given = std::make_shared<preflight_command>();
    added->add_option("TUNNEL", given->tunnels, "The tunnels' names; none: all")->type_name("");
    add_json(*added, into);
    added->footer(
        "The daemon does it where one runs. It logs in to each instance once, and asks the cloud once\n"
        "for each organization. Without a daemon, run it as the daemon's user, so that it finds what the\n"
        "daemon would find. It exits 1 when a check failed.\n"
        "Examples:\n"
        "  tunnelkeyd preflight                                    all tunnels\n"
        "  tunnelkeyd preflight jira --json                        this one, for programs\n"
        "  sudo -u tunnelkeyd tunnelkeyd preflight                 without a daemon");
    return {added, [given](command_line& to) { to.command = *given; }};
}

}  // namespace

std::vector<command_words> add_looks(CLI::App& app, command_line& into) {
    return {add_status(app, into), add_history(app, into), add_preflight(app, into)};
}

}  // namespace tunnelkeyd::daemon
