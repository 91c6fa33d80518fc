#include "config/load.hpp"
#include "config/print.hpp"
#include "config/read_proxy.hpp"
#include "core/settings_text.hpp"
#include "daemon/command_line.hpp"
#include "daemon/commands/run.hpp"
#include "daemon/complaint.hpp"
#include "daemon/end_of_output.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/once.hpp"
#include "daemon/plan.hpp"
#include "daemon/process.hpp"
#include "daemon/service.hpp"

#include <malloc.h>

#include <exception>
#include <iostream>
#include <memory>
#include <utility>

namespace {

using namespace tunnelkeyd;
using daemon::exit_status;

/// The configuration; null if it has errors, which are printed then.
std::shared_ptr<const core::config> load(const std::string& file) {
    auto loaded = config::load_file(file, config::process_environment());
    for (const auto& line : loaded.warnings)
        daemon::complain({core::log_level::warn, "config.warning", line, {}}, "");
    for (const auto& line : loaded.errors)
        daemon::complain({core::log_level::error, "config.error", line, {}}, "");
    ::malloc_trim(0);  // reading a large file takes twice what is kept of it
    if (!loaded.value)
        return nullptr;
    return std::make_shared<const core::config>(std::move(*loaded.value));
}

/// Whether what the configuration takes from the environment can be used; complains where it cannot.
bool has_good_environment(const core::config& config) {
    const auto errors = config::environment_errors(config, config::process_environment());
    for (const auto& line : errors)
        daemon::complain({core::log_level::error, "config.error", line, {}}, "");
    return errors.empty();
}

void print(const core::config& config) {
    std::cout << config::print(config);
    for (const auto& line : config::environment_routes(config, config::process_environment()))
        std::cout << "# by this environment, " << line << '\n';
}

exit_status print_version(bool json) {
    if (json)
        std::cout << R"({"version":")" TUNNELKEYD_VERSION R"("})"
                     "\n";
    else
        std::cout << "tunnelkeyd " TUNNELKEYD_VERSION "\n";
    return exit_status::done;
}

exit_status dispatch(const daemon::command_line& options) {
    if (std::holds_alternative<daemon::version_command>(options.command))
        return print_version(options.json);
    if (const auto status = daemon::run_operator_command(options))
        return *status;
    auto config = load(options.config_file);
    if (!config)
        return exit_status::configuration;
    if (const auto* how = std::get_if<daemon::plan_command>(&options.command))
        return daemon::plan(options, *how, *config);
    if (!has_good_environment(*config))
        return exit_status::configuration;
    if (const auto* how = std::get_if<daemon::run_command>(&options.command))
        return how->once ? daemon::run_once(options, *how, std::move(config))
                         : daemon::run_service(options, std::move(config));
    if (options.json)
        std::cout << core::settings_text(*config) << '\n';
    else
        print(*config);
    return exit_status::done;
}

}  // namespace

int main(int argc, char** argv) {
    daemon::open_missing_streams();
    daemon::harden_process();
    daemon::share_one_heap();
    try {
        const auto parsed = daemon::parse_command_line(argc, argv);
        if (const auto* status = std::get_if<int>(&parsed))
            return daemon::end_of_output(*status);
        return daemon::end_of_output(static_cast<int>(dispatch(std::get<daemon::command_line>(parsed))));
    } catch (const std::exception& problem) {
        daemon::complain_of_failure(problem.what());
        return static_cast<int>(exit_status::failed);
    }
}
