#include "daemon/command_line_parts.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

namespace {

command_words add_run(CLI::App& app) {
    struct words {
        run_command run;
        std::string max_wait;
    };
    auto* added = app.add_subcommand("run", "Run the daemon in the foreground");
    const auto given = std::make_shared<words>();
    added->footer("Examples:\n"
                  "  tunnelkeyd run --config /etc/tunnelkeyd/config.yaml\n"
                  "  tunnelkeyd run --once                  rotate what is due, then exit: for cron\n"
                  "  tunnelkeyd run --once --tunnel jira    rotate this one now, due or not");
    auto* once =
        added->add_flag("--once", given->run.once, "Try once what is due, finish open key gaps, and exit");
    added->add_option("--tunnel", given->run.tunnels, "With --once: this tunnel, due or not (may be repeated)")
        ->type_name("NAME")
        ->needs(once);
    added
        ->add_option("--max-wait", given->max_wait,
                     "With --once: give up waiting for open key gaps after this (1h)")
        ->type_name("DURATION")
        ->needs(once);
    return {added, [given](command_line& into) {
                if (!given->max_wait.empty())
                    given->run.max_wait = read_duration("--max-wait", given->max_wait);
                into.command = given->run;
            }};
}

command_words add_check(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("check", "Validate the configuration and print what was understood");
    add_json(*added, into, "Print JSON rather than YAML");
    added->footer("Example:\n  tunnelkeyd check --config ./config.yaml");
    return {added, [](command_line& to) { to.command = check_command{}; }};
}

command_words add_version(CLI::App& app, command_line& into) {
    auto* added = app.add_subcommand("version", "Print the version");
    add_json(*added, into);
    return {added, [](command_line& to) { to.command = version_command{}; }};
}

}  // namespace

std::vector<command_words> add_work(CLI::App& app, command_line& into) {
    return {add_run(app), add_check(app, into), add_version(app, into)};
}

}  // namespace tunnelkeyd::daemon
