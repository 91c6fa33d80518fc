#include "daemon/commands/context.hpp"

#include "config/load.hpp"

namespace tunnelkeyd::daemon {

std::string configuration_file::control_socket() {
    const auto lookup = config::process_environment();
    if (config::may_name_control_socket(file_))
        if (const auto* config = get())
            return config->control.socket;
    const auto usual = config::load_text("version: 1", "", lookup);
    return usual.value ? usual.value->control.socket : std::string();
}

const core::config* configuration_file::get() {
    if (!std::exchange(read_, true)) {
        auto loaded = config::load_file(file_, config::process_environment());
        config_ = std::move(loaded.value);
        errors_ = std::move(loaded.errors);
    }
    return config_ ? &*config_ : nullptr;
}

const core::config& need_config(const command_context& all) {
    if (const auto* config = all.config->get())
        return *config;
    std::string message = "no daemon listens at " + all.socket +
                          ", and without the configuration the state "
                          "store is not found:";
    for (const auto& each : all.config->errors())
        message += "\n" + each;
    throw command_error(exit_status::configuration, message);
}

command_error unknown_tunnel(const std::string& tunnel) {
    return {exit_status::usage, tunnel + ": there is no tunnel of that name\n"
                                         "  -> tunnelkeyd status --all lists them all"};
}

std::string ask_for_status(const asks& ask, const std::string& tunnel) {
    try {
        return ask_daemon(ask, "GET", tunnel.empty() ? "/status" : target_of("/status/", tunnel));
    } catch (const refused& problem) {
        if (problem.code() == "unknown_tunnel")  // the daemon's remedy is for those who speak HTTP
            throw unknown_tunnel(tunnel);
        throw;
    }
}

}  // namespace tunnelkeyd::daemon
