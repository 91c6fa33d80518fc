#include "daemon/command_line.hpp"

#include "daemon/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* default_config_file = "/etc/tunnelkeyd/config.yaml";

core::duration read_duration(const std::string& text) {
    if (const auto length = core::parse_duration(text))
        return *length;
    throw CLI::ValidationError("--max-wait", "\"" + text + "\" is not a duration such as 90s, 15m or 1h30m");
}

}  // namespace

std::variant<command_line, int> parse_command_line(int argc, const char* const* argv) {
    command_line result;
    run_command run;
    std::string max_wait;

    CLI::App app("Rotates the security keys of Atlassian application tunnels.", "tunnelkeyd");
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--config", result.config_file, "The configuration")
        ->type_name("FILE")
        ->default_val(default_config_file);
    app.footer("Exit status: 0 done, 1 the work failed, 64 usage, 75 another daemon holds the store or "
               "health.listen is taken, 78 configuration.");

    auto* run_app = app.add_subcommand("run", "Run the daemon in the foreground");
    run_app->footer("Examples:\n"
                    "  tunnelkeyd run --config /etc/tunnelkeyd/config.yaml\n"
                    "  tunnelkeyd run --once                  rotate what is due, then exit: for cron\n"
                    "  tunnelkeyd run --once --tunnel jira    rotate this one now, due or not");
    auto* once = run_app->add_flag("--once", run.once, "Try once what is due, finish open key gaps, and exit");
    run_app->add_option("--tunnel", run.tunnels, "With --once: this tunnel, due or not (may be repeated)")
        ->type_name("NAME")
        ->needs(once);
    run_app
        ->add_option("--max-wait", max_wait, "With --once: give up waiting for open key gaps after this (1h)")
        ->type_name("DURATION")
        ->needs(once);

    auto* check_app = app.add_subcommand("check", "Validate the configuration and print what was understood");
    check_app->add_flag("--json", result.json, "Print JSON rather than YAML");
    check_app->footer("Example:\n  tunnelkeyd check --config ./config.yaml");

    auto* version_app = app.add_subcommand("version", "Print the version");
    version_app->add_flag("--json", result.json, "Print JSON");

    try {
        app.parse(argc, argv);
        if (!max_wait.empty())
            run.max_wait = read_duration(max_wait);
    } catch (const CLI::ParseError& problem) {
        const bool fine = app.exit(problem) == 0;
        return static_cast<int>(fine ? exit_status::done : exit_status::usage);
    }
    if (run_app->parsed())
        result.command = std::move(run);
    else if (check_app->parsed())
        result.command = check_command{};
    else
        result.command = version_command{};
    return result;
}

}  // namespace tunnelkeyd::daemon
