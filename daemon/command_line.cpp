#include "daemon/command_line.hpp"

#include "daemon/command_line_preflight.hpp"
#include "daemon/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* default_config_file = "/etc/tunnelkeyd/config.yaml";

core::duration read_duration(const std::string& option, const std::string& text) {
    if (const auto length = core::parse_duration(text))
        return *length;
    throw CLI::ValidationError(option, "\"" + text + "\" is not a duration such as 90s, 15m or 1h30m");
}

core::duration read_range(const std::string& text) {
    const auto length = read_duration("--for", text);
    if (length == core::duration(0))
        throw CLI::ValidationError("--for", "\"" + text + "\" is no time at all: try 90d");
    return length;
}

core::wall_time read_time(const std::string& text) {
    constexpr core::wall_time latest = std::chrono::sys_days(std::chrono::year(3000) / 1 / 1);
    auto at = core::parse_date(text);
    if (!at)
        at = core::parse_iso8601(text);
    if (!at)
        throw CLI::ValidationError("--from",
                                   "\"" + text +
                                       "\" is neither a day such as 2026-12-05 (UTC) nor a time such as "
                                       "2026-12-05T02:00:00Z or 2026-12-05T03:00:00+01:00");
    if (*at < core::wall_time() || *at >= latest)
        throw CLI::ValidationError("--from", "\"" + text + "\" is not within the years 1970 to 2999");
    return *at;
}

/// What is read once all words are known to be in place.
struct words {
    std::string max_wait;
    std::string from;
    std::string length;
};

CLI::App* add_run(CLI::App& app, run_command& run, words& later) {
    auto* added = app.add_subcommand("run", "Run the daemon in the foreground");
    added->footer("Examples:\n"
                  "  tunnelkeyd run --config /etc/tunnelkeyd/config.yaml\n"
                  "  tunnelkeyd run --once                  rotate what is due, then exit: for cron\n"
                  "  tunnelkeyd run --once --tunnel jira    rotate this one now, due or not");
    auto* once = added->add_flag("--once", run.once, "Try once what is due, finish open key gaps, and exit");
    added->add_option("--tunnel", run.tunnels, "With --once: this tunnel, due or not (may be repeated)")
        ->type_name("NAME")
        ->needs(once);
    added
        ->add_option("--max-wait", later.max_wait,
                     "With --once: give up waiting for open key gaps after this (1h)")
        ->type_name("DURATION")
        ->needs(once);
    return added;
}

CLI::App* add_check(CLI::App& app, bool& json) {
    auto* added = app.add_subcommand("check", "Validate the configuration and print what was understood");
    added->add_flag("--json", json, "Print JSON rather than YAML");
    added->footer("Example:\n  tunnelkeyd check --config ./config.yaml");
    return added;
}

CLI::App* add_plan(CLI::App& app, bool& json, words& later) {
    auto* added = app.add_subcommand("plan", "Show when each tunnel will rotate; needs no daemon");
    added->add_option("--from", later.from, "Rotations after this time, or after this day begins in UTC (now)")
        ->type_name("TIME");
    added->add_option("--for", later.length, "Up to so much later (90d)")->type_name("DURATION");
    added->add_flag("--json", json, "Print JSON, with every rotation");
    added->footer("Examples:\n"
                  "  tunnelkeyd plan                                 the next 90 days\n"
                  "  tunnelkeyd plan --from 2026-12-24 --for 14d     over the holidays\n"
                  "  tunnelkeyd plan --for 365d --json               a year, for programs\n"
                  "With --from in the past it is planned as if the clock stood there.");
    return added;
}

/// A command on tunnels.
CLI::App* add_on_tunnels(CLI::App& app, const std::string& name, const std::string& what, bool& json,
                         std::vector<std::string>& tunnels) {
    auto* added = app.add_subcommand(name, what);
    added->add_option("TUNNEL", tunnels, "The tunnels' names")->type_name("")->required();
    added->add_flag("--json", json, "Print JSON");
    return added;
}

CLI::App* add_pause(CLI::App& app, bool& json, std::vector<std::string>& tunnels) {
    auto* added = add_on_tunnels(
        app, "pause", "Let no scheduled rotation of a tunnel begin (stop the daemon first)", json, tunnels);
    added->footer(
        "It lasts until resumed. An open key gap is closed all the same, and run --once --tunnel rotates\n"
        "it all the same. Examples:\n"
        "  tunnelkeyd pause jira\n"
        "  tunnelkeyd pause jira confluence --json");
    return added;
}

CLI::App* add_resume(CLI::App& app, bool& json, std::vector<std::string>& tunnels) {
    auto* added = add_on_tunnels(app, "resume", "Let a paused tunnel rotate again (stop the daemon first)",
                                 json, tunnels);
    added->footer("What came due meanwhile is caught up at once, or when its windows open. Example:\n"
                  "  tunnelkeyd resume jira");
    return added;
}

}  // namespace

std::variant<command_line, int> parse_command_line(int argc, const char* const* argv) {
    command_line result;
    run_command run;
    plan_command plan;
    pause_command pause;
    preflight_command preflight;
    words later;

    CLI::App app("Rotates the security keys of Atlassian application tunnels.", "tunnelkeyd");
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--config", result.config_file, "The configuration")
        ->type_name("FILE")
        ->default_val(default_config_file);
    app.footer("Exit status: 0 done, 1 the work failed, 64 usage, 75 another daemon holds the store or "
               "health.listen is taken, 78 configuration.");
    const auto* run_app = add_run(app, run, later);
    const auto* check_app = add_check(app, result.json);
    const auto* plan_app = add_plan(app, result.json, later);
    const auto* pause_app = add_pause(app, result.json, pause.tunnels);
    const auto* resume_app = add_resume(app, result.json, pause.tunnels);
    const auto* preflight_app = add_preflight(app, result.json, preflight);
    app.add_subcommand("version", "Print the version")->add_flag("--json", result.json, "Print JSON");

    try {
        app.parse(argc, argv);
        if (!later.max_wait.empty())
            run.max_wait = read_duration("--max-wait", later.max_wait);
        if (!later.from.empty())
            plan.from = read_time(later.from);
        if (!later.length.empty())
            plan.length = read_range(later.length);
    } catch (const CLI::ParseError& problem) {
        const bool fine = app.exit(problem) == 0;
        return static_cast<int>(fine ? exit_status::done : exit_status::usage);
    }
    pause.pause = pause_app->parsed();
    if (run_app->parsed())
        result.command = std::move(run);
    else if (check_app->parsed())
        result.command = check_command{};
    else if (plan_app->parsed())
        result.command = plan;
    else if (pause_app->parsed() || resume_app->parsed())
        result.command = std::move(pause);
    else if (preflight_app->parsed())
        result.command = std::move(preflight);
    else
        result.command = version_command{};
    return result;
}

}  // namespace tunnelkeyd::daemon
