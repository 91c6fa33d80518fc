#include "daemon/command_line.hpp"

#include "daemon/command_line_parts.hpp"
#include "daemon/complaint.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/usage_error.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

/// Lists among each command's options one that all of them take. CLI11 has it with the program's alone.
class formatter final : public CLI::Formatter {
public:
    explicit formatter(const CLI::Option* everywhere) : everywhere_(everywhere) {}

private:
    std::string make_group(std::string name, bool positional,
                           std::vector<const CLI::Option*> options) const override {
        if (!positional && std::find(options.begin(), options.end(), everywhere_) == options.end())
            options.push_back(everywhere_);
        return CLI::Formatter::make_group(std::move(name), positional, std::move(options));
    }

    const CLI::Option* everywhere_;
};

std::vector<command_words> add_all(CLI::App& app, command_line& into) {
    std::vector<command_words> all;
    for (auto* add : {add_work, add_plan, add_looks, add_orders, add_pending}) {
        auto some = add(app, into);
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace

core::duration read_duration(const std::string& option, const std::string& text) {
    if (const auto length = core::parse_duration(text))
        return *length;
    throw CLI::ValidationError(option, "\"" + text + "\" is not a duration such as 90s, 15m or 1h30m");
}

CLI::Option* add_json(CLI::App& app, command_line& into, const std::string& what) {
    return app.add_flag("--json", into.json, what);
}

std::variant<command_line, int> parse_command_line(int argc, const char* const* argv) {
    command_line result;
    CLI::App app("Rotates the security keys of Atlassian application tunnels.", "tunnelkeyd");
    app.require_subcommand(1);
    app.fallthrough();
    const auto* config = app.add_option("--config", result.config_file, "The configuration")
                             ->type_name("FILE")
                             ->default_val(default_config_file);
    app.formatter(std::make_shared<formatter>(config));  // which the commands inherit
    app.set_version_flag("--version", "tunnelkeyd " TUNNELKEYD_VERSION, "Print the version and exit");
    app.footer("Exit status: 0 done, 1 the work failed, 64 usage, 69 no daemon to talk to, 74 the output could "
               "not be written, 75 another process holds the state store, or listens at health.listen or "
               "control.socket, 78 configuration.");
    const auto all = add_all(app, result);
    try {
        app.parse(argc, argv);
        const auto given =
            std::find_if(all.begin(), all.end(), [](const auto& each) { return each.app->parsed(); });
        given->take(result);
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == 0) {  // help, or the version
            app.exit(problem);
            return static_cast<int>(exit_status::done);
        }
        complain_of_failure(usage_text(app, problem));
        return static_cast<int>(exit_status::usage);
    }
    return result;
}

}  // namespace tunnelkeyd::daemon
