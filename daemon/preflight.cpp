#include "daemon/preflight.hpp"

#include "daemon/examination_printer.hpp"
#include "daemon/examination_queue.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/local_examiner.hpp"
#include "serve/examination_json.hpp"

#include <iostream>
#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

/// In the configuration's order, each once.
std::vector<std::string> chosen(const std::vector<std::string>& names, const core::config& config) {
    const std::unordered_set<std::string> wanted(names.begin(), names.end());
    std::vector<std::string> all;
    for (const auto& tunnel : config.tunnels)
        if (wanted.empty() || wanted.contains(tunnel.name))
            all.push_back(tunnel.name);
    return all;
}

}  // namespace

exit_status preflight(const command_line& options, const preflight_command& how, const core::config& config) {
    if (!are_known(how.tunnels, config, "preflight "))
        return exit_status::usage;
    examination_printer printer(std::cout,
                                options.json ? examination_printer::form::json : text_for_standard_output());
    local_examiner examiner(config);
    const auto examine = [&](const std::string& tunnel, std::function<void(std::string)> done) {
        examiner.examine(tunnel, [done = std::move(done)](const core::examination& found) {
            done(serve::examination_json(found));
        });
    };
    examination_queue queue(chosen(how.tunnels, config), examine,
                            [&](const std::string& json) { printer.print(json); });
    queue.start([&] { examiner.stop(); });
    examiner.run();
    printer.end();
    std::cout.flush();
    return std::cout && printer.all_passed() ? exit_status::done : exit_status::failed;
}

}  // namespace tunnelkeyd::daemon
