#include "daemon/command_line_preflight.hpp"

#include <CLI/CLI.hpp>

namespace tunnelkeyd::daemon {

CLI::App* add_preflight(CLI::App& app, bool& json, preflight_command& how) {
    auto* added = app.add_subcommand("preflight", "Check all that a rotation needs, and rotate nothing");
    added->add_option("TUNNEL", how.tunnels, "The tunnels' names; none: all")->type_name("");
    added->add_flag("--json", json, "Print JSON");
    added->footer(
        "It logs in to each instance once, and asks the cloud once for each organization. Run it as the\n"
        "daemon's user, so that it finds what the daemon would find. It exits 1 when a check failed.\n"
        "Examples:\n"
        "  sudo -u tunnelkeyd tunnelkeyd preflight                 all tunnels\n"
        "  sudo -u tunnelkeyd tunnelkeyd preflight jira            this one\n"
        "  sudo -u tunnelkeyd tunnelkeyd preflight jira --json     for programs");
    return added;
}

}  // namespace tunnelkeyd::daemon
