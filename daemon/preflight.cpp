#include "daemon/preflight.hpp"

#include "daemon/commands/status_view.hpp"
#include "daemon/examination_printer.hpp"
#include "daemon/examination_queue.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/local_examiner.hpp"
#include "daemon/remote_examiner.hpp"
#include "serve/control_json.hpp"

#include <iostream>
#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

/// Of all that there are, in their order: those that are wanted, each once.
std::vector<std::string> chosen(const std::vector<std::string>& wanted, const std::vector<std::string>& all) {
    const std::unordered_set<std::string> names(wanted.begin(), wanted.end());
    std::vector<std::string> some;
    for (const auto& each : all)
        if (names.empty() || names.contains(each))
            some.push_back(each);
    return some;
}

/// The tunnels that the daemon has configured. Throws for one that is wanted and not there.
std::vector<std::string> ask_for_names(const asks& ask, const std::vector<std::string>& wanted) {
    std::vector<std::string> names;
    for (const auto& each : read_status(ask_daemon(ask, "GET", "/status")).tunnels)
        if (each.configured)
            names.push_back(each.name);
    const std::unordered_set<std::string> known(names.begin(), names.end());
    for (const auto& each : wanted)
        if (!known.contains(each))
            throw unknown_tunnel(each);
    return names;
}

template <class Examiner>
exit_status examine_all(const command_context& all, std::vector<std::string> names, Examiner& examiner,
                        const examination_source& source) {
    using form = examination_printer::form;
    examination_printer printer(std::cout,
                                all.json ? form::json : (all.out.colour ? form::text_in_colour : form::text));
    examination_queue queue(std::move(names), source, [&](const std::string& json) { printer.print(json); });
    queue.start([&] { examiner.stop(); });
    examiner.run();
    printer.end();
    return printer.all_passed() ? exit_status::done : exit_status::failed;
}

exit_status by_daemon(const command_context& all, std::vector<std::string> names) {
    remote_examiner examiner(all.socket);
    return examine_all(all, std::move(names), examiner,
                       [&](const std::string& tunnel, std::function<void(std::string)> done) {
                           examiner.examine(tunnel, std::move(done));
                       });
}

exit_status by_itself(const command_context& all, const preflight_command& how) {
    const auto& config = need_config(all);
    if (!are_known(how.tunnels, config, "preflight "))
        return exit_status::usage;
    std::vector<std::string> names;
    for (const auto& each : config.tunnels)
        names.push_back(each.name);
    local_examiner examiner(config);
    return examine_all(all, chosen(how.tunnels, names), examiner,
                       [&](const std::string& tunnel, std::function<void(std::string)> done) {
                           examiner.examine(tunnel, [done = std::move(done)](const core::examination& found) {
                               done(serve::text_of(found));
                           });
                       });
}

}  // namespace

exit_status preflight(const command_context& all, const preflight_command& how) {
    const auto names = with_daemon([&] { return std::optional(ask_for_names(all.ask, how.tunnels)); },
                                   [] { return std::optional<std::vector<std::string>>(); });
    return names ? by_daemon(all, chosen(how.tunnels, *names)) : by_itself(all, how);
}

}  // namespace tunnelkeyd::daemon
