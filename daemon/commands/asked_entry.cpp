#include "daemon/commands/asked_entry.hpp"

#include "daemon/journal_entry.hpp"
#include "serve/control_routes.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

tells entering(std::string socket, enters enter) {
    return [at = std::move(socket), enter = std::move(enter)](
               const std::string& method, const std::string& target, const std::string& body) {
        if (const auto wanted = serve::call_of(target); wanted && wanted->form->changes)
            enter(wanted->tunnel,
                  {core::log_level::info,
                   "command.asked",
                   "the daemon is asked: " + method + ' ' + target + (body.empty() ? "" : ' ' + body),
                   {{"socket", at}}});
    };
}

core::notice without_daemon(const std::string& what, const std::string& directory) {
    return {core::log_level::info,
            "command.without_daemon",
            "no daemon runs, and the command does it in the state store itself: " + what,
            {{"directory", directory}}};
}

void enter_in_journal(std::string_view tunnel, const core::notice& entry) {
    static_cast<void>(send_to_journal(journal_fields(tunnel, entry)));
}

}  // namespace tunnelkeyd::daemon
