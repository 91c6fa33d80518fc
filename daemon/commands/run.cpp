#include "daemon/commands/run.hpp"

#include "core/shell_word.hpp"
#include "daemon/commands/asked_entry.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/history.hpp"
#include "daemon/commands/pending.hpp"
#include "daemon/commands/reload.hpp"
#include "daemon/commands/rotate.hpp"
#include "daemon/commands/status.hpp"
#include "daemon/commands/watch.hpp"
#include "daemon/complaint.hpp"
#include "daemon/open_store.hpp"
#include "daemon/pause.hpp"
#include "daemon/preflight.hpp"

#include <iostream>
#include <memory>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

/// Ctrl-C ends what they wait for, and not all that they have to say.
bool is_waiting(const command_line& options) {
    const auto* rotates = std::get_if<rotate_command>(&options.command);
    const auto* shows = std::get_if<status_command>(&options.command);
    return (rotates != nullptr && rotates->wait) || (shows != nullptr && shows->watch);
}

/// A file that cannot be used is no reason not to ask the daemon, whose configuration is in force.
command_context context_for(const command_line& options) {
    command_context all;
    all.config = std::make_shared<configuration_file>(options.config_file);
    all.socket = all.config->control_socket();
    if (!all.config->errors().empty())
        complain({core::log_level::warn,
                  "config.error",
                  options.config_file + " cannot be used (tunnelkeyd check says why): asking the daemon at " +
                      all.socket,
                  {}});
    if (options.config_file != default_config_file)
        all.config_option = " --config " + core::shell_word(options.config_file);
    all.enter = into_journal();
    if (is_waiting(options))
        all.stop = std::make_shared<const interruption>();
    all.ask = by_socket(all.socket, entering(all.socket, all.enter), all.stop ? all.stop->descriptor() : -1);
    all.out = standard_output();
    all.json = options.json;
    return all;
}

exit_status rotate_now(const command_context& all, const rotate_command& how) {
    const pace time{[] { return std::chrono::floor<core::duration>(std::chrono::steady_clock::now()); },
                    [&](core::duration wait) { return all.stop->wait(wait); }};
    return rotate(all, how, time, std::cout, std::cerr);
}

struct runner {
    const command_context& all;

    std::optional<exit_status> operator()(const status_command& how) const { return show_status(all, how); }
    std::optional<exit_status> operator()(const rotate_command& how) const { return rotate_now(all, how); }
    std::optional<exit_status> operator()(const reload_command& /*how*/) const { return reload(all); }
    std::optional<exit_status> operator()(const pause_command& how) const { return set_paused(all, how); }
    std::optional<exit_status> operator()(const preflight_command& how) const { return preflight(all, how); }
    std::optional<exit_status> operator()(const history_command& how) const { return show_history(all, how); }
    std::optional<exit_status> operator()(const pending_command& how) const {
        switch (how.what) {
        case pending_command::action::reveal:
            return reveal(all, how);
        case pending_command::action::resolve:
            return resolve(all, how);
        case pending_command::action::list:
            break;
        }
        return show_pending(all);
    }
    template <class Other>
    std::optional<exit_status> operator()(const Other& /*how*/) const {
        return std::nullopt;
    }
};

bool is_operators(const command_line& options) {
    const auto& command = options.command;
    return std::holds_alternative<status_command>(command) || std::holds_alternative<rotate_command>(command) ||
           std::holds_alternative<reload_command>(command) || std::holds_alternative<pause_command>(command) ||
           std::holds_alternative<history_command>(command) ||
           std::holds_alternative<preflight_command>(command) ||
           std::holds_alternative<pending_command>(command);
}

exit_status failed(exit_status status, const std::exception& problem) {
    complain_of_failure(problem.what());
    return status;
}

}  // namespace

std::optional<exit_status> run_operator_command(const command_line& options) {
    if (!is_operators(options))
        return std::nullopt;
    try {
        const auto all = context_for(options);
        return std::visit(runner{all}, options.command);
    } catch (const command_error& problem) {
        return failed(problem.status(), problem);
    } catch (const refused& problem) {
        return failed(problem.status(), problem);
    } catch (const serve::control_error& problem) {
        return failed(status_of(problem), problem);
    } catch (const store::error& problem) {
        return failed(status_of(problem.kind()), problem);
    }
}

}  // namespace tunnelkeyd::daemon
