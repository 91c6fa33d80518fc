#include "daemon/commands/context.hpp"

namespace tunnelkeyd::daemon {

const core::config& need_config(const command_context& all) {
    if (all.config)
        return *all.config;
    std::string message = "no daemon listens at " + all.socket +
                          ", and without the configuration the state "
                          "store is not found:";
    for (const auto& each : all.config_errors)
        message += "\n" + each;
    throw command_error(exit_status::configuration, message);
}

command_error unknown_tunnel(const std::string& tunnel) {
    return {exit_status::usage, tunnel + ": there is no tunnel of that name\n"
                                         "  -> tunnelkeyd status --all lists them all"};
}

}  // namespace tunnelkeyd::daemon
